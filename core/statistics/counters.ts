import * as z from 'zod';
import type { TaskTotals } from '../metrics/metrics.ts';
import type { Counts } from './statistics.ts';

/** What is added to one counter row. Names are those of the adapter, and so is what they are kept in. */
export const CounterIncrement = z.object({
  counter: z.string(),
  /** Added up. */
  amounts: z.record(z.string(), z.number()),
  /** Overwritten. */
  set: z.record(z.string(), z.union([z.number(), z.string()])),
  /** Kept as they were written first. */
  once: z.record(z.string(), z.number()),
});
export type CounterIncrement = z.infer<typeof CounterIncrement>;

export interface Counters {
  /** What these counts add: two increments a provider (one of its recent calls), one a tenant, one of all ended tasks; none of nothing. */
  list(counts: Counts, totals: TaskTotals, now: number): CounterIncrement[];
  /** One write each. Answers those that were not written, and why. Never throws. */
  add(increments: CounterIncrement[]): Promise<{ left: CounterIncrement[]; error?: unknown }>;
}
