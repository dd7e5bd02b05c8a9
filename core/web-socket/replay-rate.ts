/** Replays a minute of one connection: more than a client needs that goes on with one that was cut. */
export const replaysPerMinute = 20;

/** Counts the replays of a connection that read lists: one may read 5,000 tasks, and each of them twice. */
export interface ReplayRate {
  /** False where the connection had as many as a minute allows. */
  take(connectionId: string, now: number): Promise<boolean>;
}

/** Seconds until the next minute of the clock, in which replays are counted anew. */
export function secondsToNextMinute(now: number): number {
  return Math.ceil((60_000 - (now % 60_000)) / 1_000);
}
