import type { Priority } from '../tasks/task.ts';

/** What one sweep tells the next, and the gauges it corrects. */
export interface SweepState {
  /** How many open tasks had no message at the last sweep of this provider; answers that and stores the new number. */
  swapMissing(provider: string, missing: number, now: number): Promise<{ missing: number; at: number }>;
  /** Overwrites the gauges that the stream keeps by adding and subtracting, if it has been quiet: what is still to be added would count twice. */
  setGauges(
    provider: string,
    queued: Record<Priority, number>,
    processing: number,
    now: number,
  ): Promise<void>;
}
