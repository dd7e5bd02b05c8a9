import type { TaskKey } from '../tasks/task.ts';
import type { Batch } from './batch.ts';

export interface NewBatch {
  tenant: string;
  batchId: string;
  createdAt: number;
  /** Tasks accepted; a batch of none is complete at once. */
  total: number;
  /** Their places in the request, of which some may have been refused. */
  places: readonly number[];
  /** The latest deadline of its tasks: so long the batch is needed at least. */
  deadlineAt: number;
  callbackUrl: string | null;
  /** Of what the ids of its tasks are made: core/batches/batch-tasks.ts. */
  seed: string;
}

/**
 * Batches. A batch is stored after its tasks, and stands for them: without it they were never accepted. Their changes are
 * counted into it by BatchProgress.
 */
export interface BatchStore {
  /** False: another try of the same request stored it. */
  create(batch: NewBatch): Promise<boolean>;
  get(tenant: string, batchId: string): Promise<Batch | undefined>;
  /** Whether the task is one of a batch that is stored. */
  hasTask(task: TaskKey & { batchId: string; batchIndex: number }): Promise<boolean>;
}
