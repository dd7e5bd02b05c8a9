import { longestHiddenMs } from '../core/scheduling/hold-times.ts';

/** SQS counts whole seconds. */
export function toSeconds(milliseconds: number): number {
  return Math.max(Math.ceil(milliseconds / 1000), 0);
}

/** A visibility timeout that SQS takes: 12 hours are counted from the receive, some of which have passed. */
export function toVisibilityTimeout(milliseconds: number): number {
  return toSeconds(Math.min(milliseconds, longestHiddenMs));
}
