import type { Batch } from './batch.ts';

/** Indexes in the batch (0–999) of tasks that have started, and of tasks that have ended, by how. */
export interface BatchIndexes {
  started: number[];
  completed: number[];
  failed: number[];
  cancelled: number[];
}

export interface BatchProgress {
  /**
   * Adds the indexes to those that the batch has (one added twice counts once). Completes the batch, once,
   * when all of its tasks have ended. Does nothing for one that is no longer stored.
   */
  add(tenant: string, batchId: string, indexes: BatchIndexes, now: number): Promise<void>;
}

/** A batch that is completed. */
export type CompletedBatch = Batch & { completedAt: number };
