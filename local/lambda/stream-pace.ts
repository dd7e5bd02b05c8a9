// How many lanes a stream's mapping has, and when one reads again. Lambda polls a shard four times a second
// (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html). Here a write wakes the lane, and what bounds the number of
// invocations is a pause after each, half as long as it took: the busier the machine, the longer it is and the more of them
// a batch takes.

const shortestPauseMs = 10;
const longestPauseMs = 250;

/** Of a new table: it takes 4,000 writes a second, a shard 1,000. */
const shards = 4;

/**
 * Batches that run at a time. A mapping without a window is to be quick, and has what AWS gives it. One with a window is to
 * gather: on this machine from all of the table.
 */
export function lanesOf(executionsPerShard: number, windowSeconds: number): number {
  return windowSeconds > 0 ? executionsPerShard : executionsPerShard * shards;
}

/** Shorter than anybody sees, and long enough for the work that made the change to go on first, with what it changes next. */
const gatherMs = 20;

/** Milliseconds from the change that wakes a lane to its invocation. */
export const waitFor = (windowSeconds: number) => Math.max(windowSeconds * 1_000, gatherMs);

/** Milliseconds from the end of an invocation to the next, however many records came meanwhile. */
export function pauseAfter(invocationMs: number): number {
  return Math.min(Math.max(invocationMs / 2, shortestPauseMs), longestPauseMs);
}
