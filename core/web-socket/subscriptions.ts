/** An open WebSocket. `connectedAt` (epoch ms) is 0 where it does not matter. */
export interface Listener {
  connectionId: string;
  connectedAt: number;
}

/** What a connection may follow beside everything of its tenant. */
export interface Topic {
  kind: 'task' | 'batch';
  id: string;
}

/**
 * Who listens. A connection follows either everything of its tenant or only the topics it named; every row ends
 * by itself when no connection can be open any more.
 */
export interface Connections {
  /** A new connection, which follows everything of its tenant. */
  add(connectionId: string, tenant: string, now: number): Promise<void>;
  /** Removes the connection and whatever it followed; `tenant` may be unknown. */
  remove(connectionId: string, tenant: string): Promise<void>;
  /** Follows the topics, and from now on nothing else but what it names. Durable when it returns. */
  follow(connectionId: string, tenant: string, topics: Topic[], now: number): Promise<void>;
  /** Follows everything of the tenant again. */
  followAll(connectionId: string, tenant: string, now: number): Promise<void>;
  unfollow(connectionId: string, tenant: string, topics: Topic[]): Promise<void>;
  /** Follows nothing from now on. */
  unfollowAll(connectionId: string, tenant: string, now: number): Promise<void>;

  /** Those who follow everything, and whether anyone follows topics: one read, and often the only one. */
  listeners(tenant: string): Promise<{ all: Listener[]; someFollowTopics: boolean }>;
  followers(tenant: string, topic: Topic): Promise<Listener[]>;
}
