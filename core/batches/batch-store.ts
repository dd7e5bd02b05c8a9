import type { Batch } from './batch.ts';

export interface NewBatch {
  tenant: string;
  batchId: string;
  createdAt: number;
  /** Tasks accepted; a batch of none is complete at once. */
  total: number;
  callbackUrl: string | null;
  /** Hash of the request that made it, where an Idempotency-Key named it. */
  requestHash: string | null;
}

/**
 * Batches as they are kept. `create` writes one before any of its tasks; the stream of task changes counts
 * into it.
 */
export interface BatchStore {
  /** Writes the batch unless it is there; answers the hash and the time of the one that is. */
  create(batch: NewBatch): Promise<{ created: boolean; requestHash: string | null; createdAt: number }>;
  get(tenant: string, batchId: string): Promise<Batch | undefined>;
}
