import { setTimeout as wait } from 'node:timers/promises';
import type { SendLimits } from '../core/events/send-limits.ts';

/** The clock, and timers that keep no environment from ending. */
export function limitTo(milliseconds: number): SendLimits {
  return {
    clock: Date.now,
    sleep: (delayMs) => wait(delayMs, undefined, { ref: false }),
    until: Date.now() + milliseconds,
  };
}
