import type { FieldFault } from '../service-error.ts';
import type { NewBatch } from './batch-store.ts';

/** Codes for which one task of a batch is refused without the others. */
export const rejectionCodes = ['invalid_request', 'forbidden'] as const;

/** Why a task of a batch was refused. Pointers count from the body of the batch. */
export interface RejectedTask {
  index: number;
  code: (typeof rejectionCodes)[number];
  detail: string;
  faults: readonly FieldFault[];
}

/** How a batch was answered. */
export interface BatchAnswer {
  /** Of what the ids of its tasks are made. */
  seed: string;
  rejected: readonly RejectedTask[];
}

/** The answers of batches, for requests that are repeated with their Idempotency-Key. */
export interface BatchAnswers {
  /** Before the batch itself is stored. */
  keepRejected(
    batch: Pick<NewBatch, 'tenant' | 'batchId' | 'createdAt' | 'seed'>,
    rejected: readonly RejectedTask[],
  ): Promise<void>;
  /** Undefined: the batch is not stored. */
  find(tenant: string, batchId: string): Promise<BatchAnswer | undefined>;
}
