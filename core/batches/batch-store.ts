import type { Batch } from './batch.ts';

export interface NewBatch {
  tenant: string;
  batchId: string;
  createdAt: number;
  /** Tasks accepted; a batch of none is complete at once. */
  total: number;
  callbackUrl: string | null;
  /** Hash of the request that made it; null without an Idempotency-Key. */
  requestHash: string | null;
}

/** Batches. Each is stored before its tasks; the changes of those are counted into it by BatchProgress. */
export interface BatchStore {
  /** Stores the batch unless its id is taken; answers the hash and the time of the stored one. */
  create(batch: NewBatch): Promise<{ created: boolean; requestHash: string | null; createdAt: number }>;
  get(tenant: string, batchId: string): Promise<Batch | undefined>;
}
