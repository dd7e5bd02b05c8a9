export type AcquireOutcome = { acquired: true } | { acquired: false; full: string[] };

/**
 * Counts holders at several levels at once (global, provider, task type). A holder has a lease that ends by itself,
 * so a crashed holder's places come back without anybody's help. Times are epoch milliseconds.
 */
export interface Semaphore {
  /** One place at every level, or none: level → its limit. Dead leases found on the way are reaped. */
  acquire(
    leaseId: string,
    levels: Record<string, number>,
    now: number,
    until: number,
  ): Promise<AcquireOutcome>;
  /** One place more for a lease that is held, at one more level. */
  extend(leaseId: string, level: string, limit: number, now: number, until: number): Promise<AcquireOutcome>;
  /** False when the lease had ended and was reaped. */
  renew(leaseId: string, until: number): Promise<boolean>;
  /** Frees the places of leases that have ended; answers how many. A refused acquire does so too. */
  reap(now: number): Promise<number>;
  /** Gives every place of the lease back; a second release does nothing. */
  release(leaseId: string): Promise<void>;
}
