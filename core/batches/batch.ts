/** A batch and how far its tasks are, counted from their changes. Times are epoch milliseconds. */
export interface Batch {
  tenant: string;
  batchId: string;
  createdAt: number;
  /** When the last of its tasks ended; null before. */
  completedAt: number | null;
  callbackUrl: string | null;
  /** `version` of its one event. */
  version: number;
  /** Tasks accepted; those refused at submission are not part of it. */
  total: number;
  /** Tasks that have started and not ended. */
  processing: number;
  completed: number;
  failed: number;
  cancelled: number;
}

export function batchStatus(batch: Batch): 'processing' | 'completed' {
  return batch.completedAt === null ? 'processing' : 'completed';
}

/** How many tasks of the batch are in each state. */
export function batchCounts({ total, processing, completed, failed, cancelled }: Batch) {
  // Changes are counted late, never early: a task without a counted change is queued.
  const queued = Math.max(0, total - processing - completed - failed - cancelled);
  return { total, queued, processing, completed, failed, cancelled };
}
