/** Rates kept as one number a bucket: the theoretical arrival time of GCRA, epoch milliseconds. */
export interface RateLimiter {
  /** Books the next free start, `intervalMs` after the one before it; answers when that is (never before `now`). */
  book(bucket: string, intervalMs: number, now: number): Promise<number>;
  /** Takes `cost` units of a bucket that refills `perMinute` units a minute and holds `burst`. */
  take(
    bucket: string,
    cost: number,
    rate: { perMinute: number; burst: number },
    now: number,
  ): Promise<{ granted: true } | { granted: false; retryAt: number }>;
  /** Corrects what was taken by what was used; negative returns units. */
  settle(bucket: string, units: number, perMinute: number): Promise<void>;
  /** When the last booked start of a bucket is. */
  bookedUntil(bucket: string): Promise<number>;
}
