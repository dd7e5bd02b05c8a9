/** How many tasks of a tenant wait. */
export interface TenantQueue {
  /** By the counters, a second or two old, and what was noted here since. */
  countWaiting(tenant: string, now: number): Promise<number>;
  /** By the rows of open tasks, which cannot be wrong: whether there are so many, waiting or running. */
  hasOpen(tenant: string, atLeast: number): Promise<boolean>;
  /** Tasks that were accepted here, which the counters do not know yet. */
  noteAccepted(tenant: string, count: number, now: number): void;
}
