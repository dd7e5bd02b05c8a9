/** An open WebSocket. `connectedAt` (epoch ms) is 0 where it does not matter. */
export interface Subscriber {
  connectionId: string;
  connectedAt: number;
}

/** What a connection may subscribe to in place of everything of its tenant. */
export interface Subscription {
  kind: 'task' | 'batch';
  id: string;
}

/**
 * Which connections get which events. A connection subscribes either to everything of its tenant or to the tasks and
 * batches it named; what is stored of it expires when no connection can be open any more.
 */
export interface Subscriptions {
  /** A new connection, subscribed to everything of its tenant. */
  add(connectionId: string, tenant: string, now: number): Promise<void>;
  /** Removes the connection and its subscriptions; `tenant` may be unknown. */
  remove(connectionId: string, tenant: string): Promise<void>;
  /** Adds subscriptions; from now on the connection gets nothing but what it names. Durable when it returns. */
  subscribe(connectionId: string, tenant: string, named: Subscription[], now: number): Promise<void>;
  /** To everything of the tenant again. */
  subscribeToAll(connectionId: string, tenant: string, now: number): Promise<void>;
  unsubscribe(connectionId: string, tenant: string, named: Subscription[]): Promise<void>;
  /** The connection gets nothing from now on. */
  unsubscribeFromAll(connectionId: string, tenant: string, now: number): Promise<void>;

  /** Those subscribed to everything, and whether anyone named tasks or batches: one read, and often the only one. */
  subscribersToAll(tenant: string): Promise<{ all: Subscriber[]; someSubscribedById: boolean }>;
  subscribersTo(tenant: string, subscription: Subscription): Promise<Subscriber[]>;
}
