import type { Priority } from '../tasks/task.ts';

/** What one sweep saw of a provider that looked wrong; only what the next one sees too is repaired. */
export interface Suspicions {
  /** Tickets fewer than the visible tasks need. */
  missingTickets: number;
  /** The counts of all queues, as text: equal in two sweeps, they have settled. */
  counts: string;
  /** Tasks whose message seems to be lost. */
  lostTasks: string[];
  /** Levels and types that had a free slot while something waited for one. */
  idleSlots: string[];
  /** Where the second look through the open tasks begins, an opaque cursor; absent: they are few, or it begins anew. */
  openFrom?: string | undefined;
  /** Of the tasks that a worker ran, the youngest by `priority/tenant`: when it was accepted, epoch ms. */
  youngestStarted: Record<string, number>;
}

/** What one sweep tells the next, and the gauges it corrects. */
export interface SweepState {
  read(provider: string): Promise<Suspicions | undefined>;
  write(provider: string, suspicions: Suspicions, now: number): Promise<void>;
  /** Overwrites the gauges that the stream keeps by adding and subtracting, if it has been quiet: what is still to be added would count twice. */
  setGauges(
    provider: string,
    queued: Record<Priority, number>,
    processing: number,
    now: number,
  ): Promise<void>;
  /** Every provider that was ever swept, these included: one that no configuration names any more may have open tasks. */
  rememberProviders(names: readonly string[], now: number): Promise<readonly string[]>;
}
