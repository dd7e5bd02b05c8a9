import type { CompletedBatch } from '../batches/batch-progress.ts';
import type { Task } from '../tasks/task.ts';

/** A change of a task or a batch, from one record of the table's stream. */
export type Change =
  | { kind: 'task'; sequence: string; before: Task | undefined; after: Task }
  /** The change that completed the batch. */
  | { kind: 'batch'; sequence: string; tenant: string; after: CompletedBatch };
