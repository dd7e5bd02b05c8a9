import type { Batch } from './batch.ts';

/** Places in the batch (0–999) of tasks that a worker began and of tasks that ended. */
export interface BatchIndexes {
  started: number[];
  completed: number[];
  failed: number[];
  cancelled: number[];
}

export interface BatchProgress {
  /**
   * Adds the places to the batch's sets (a place added twice counts once) and, when the ended ones are all of its
   * tasks, completes the batch, once.
   */
  add(tenant: string, batchId: string, indexes: BatchIndexes, now: number): Promise<void>;
}

/** A completed batch as its event needs it. */
export type CompletedBatch = Batch & { completedAt: number };
