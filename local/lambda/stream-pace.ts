// When a lane of a stream's mapping reads again. Lambda polls a shard four times a second
// (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html). Here a write wakes the lane, and what bounds the number of
// invocations is a pause after each, as long as it took: under load batches grow, and half of the machine is left to others.

const shortestPauseMs = 20;
const longestPauseMs = 250;

/** Milliseconds from the end of an invocation to the next, however many records came meanwhile. */
export function pauseAfter(invocationMs: number): number {
  return Math.min(Math.max(invocationMs, shortestPauseMs), longestPauseMs);
}
