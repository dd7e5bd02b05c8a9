import type { BatchCount } from '../events/share.ts';
import type { Batch } from './batch.ts';

export interface BatchProgress {
  /**
   * Marks the tasks in the batch (one marked twice counts once), and completes it, once, when all of them have ended. A
   * task of another try of its submission is none of it; a batch that is not stored, or no longer, is not made by this.
   */
  add(count: BatchCount, now: number): Promise<void>;
}

/** A batch that is completed. `countedFrom`: epoch ms of the change that completed it, which may have been counted late. */
export type CompletedBatch = Batch & { completedAt: number; countedFrom: number };
