/** A batch's progress. Its tasks name it; the stream of their changes counts it. Times are epoch milliseconds. */
export interface Batch {
  tenant: string;
  batchId: string;
  createdAt: number;
  /** Set once, when the last of its tasks ended. */
  completedAt: number | null;
  callbackUrl: string | null;
  /** Of its one event. */
  version: number;
  /** Tasks accepted; those refused at submission are not part of it. */
  total: number;
  /** Tasks that a worker has begun and that have not ended. */
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
  // The events that count a task may come late, never early: what no event spoke of yet is waiting.
  const queued = Math.max(0, total - processing - completed - failed - cancelled);
  return { total, queued, processing, completed, failed, cancelled };
}
