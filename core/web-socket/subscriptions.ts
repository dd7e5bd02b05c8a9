/** An open WebSocket. `connectedAt` (epoch ms) is 0 where it does not matter. */
export interface Subscriber {
  connectionId: string;
  connectedAt: number;
  /** Reads the answer as it is written. */
  deltas?: boolean;
}

export interface OpenedConnection {
  connectionId: string;
  tenant: string;
  credential: string;
}

/** A task or a batch that a connection subscribed to. */
export interface Subscription {
  kind: 'task' | 'batch';
  id: string;
}

/**
 * Which connections get which events. A connection subscribes either to everything of its tenant or to the
 * tasks and batches that it names. What is stored of it expires when API Gateway must have closed it.
 */
export interface Subscriptions {
  /** A new connection, subscribed to everything of its tenant. `credential`: by what it was let in (core/access/caller.ts). */
  add(connectionId: string, tenant: string, now: number, credential?: string): Promise<void>;
  /** The connections that were let in by credentials that begin so up to `@`. */
  openedBy(name: string): Promise<OpenedConnection[]>;
  /** Whether anything is stored of the connection: without that it gets no event. */
  isKnown(connectionId: string, tenant: string): Promise<boolean>;
  /** Removes the connection and its subscriptions; `tenant` may be unknown, and so may by what it was let in. */
  remove(connectionId: string, tenant: string, credential?: string): Promise<void>;
  /**
   * Adds subscriptions, stored when this returns; from now on the connection gets only what it named.
   *
   * @param deltas whether answers are read as they are written; the last subscription to a task or batch decides
   */
  subscribe(
    connectionId: string,
    tenant: string,
    named: Subscription[],
    now: number,
    deltas: boolean,
  ): Promise<void>;
  /** The connection gets everything of its tenant again. */
  subscribeToAll(connectionId: string, tenant: string, now: number): Promise<void>;
  unsubscribe(connectionId: string, tenant: string, named: Subscription[]): Promise<void>;
  /** The connection gets nothing from now on. */
  unsubscribeFromAll(connectionId: string, tenant: string, now: number): Promise<void>;

  /** Subscribers to everything, and whether any connection named tasks or batches: often the only read. */
  subscribersToAll(tenant: string): Promise<{ all: Subscriber[]; someSubscribedById: boolean }>;
  subscribersTo(tenant: string, subscription: Subscription): Promise<Subscriber[]>;
}
