// When a lane of a stream's mapping reads again. Lambda polls a shard four times a second
// (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html). Here a write wakes the lane, and what bounds the number of
// invocations is a pause after each, half as long as it took: the busier the machine, the longer it is and the more of them
// a batch takes.

const shortestPauseMs = 10;
const longestPauseMs = 250;

/** Milliseconds from the end of an invocation to the next, however many records came meanwhile. */
export function pauseAfter(invocationMs: number): number {
  return Math.min(Math.max(invocationMs / 2, shortestPauseMs), longestPauseMs);
}
