import { ServiceError } from '../service-error.ts';
import type { Batch } from './batch.ts';
import type { BatchStore } from './batch-store.ts';

/** A batch's progress. Throws `not_found`. */
export async function getBatch(
  tenant: string,
  batchId: string,
  batches: Pick<BatchStore, 'get'>,
): Promise<Batch> {
  const batch = await batches.get(tenant, batchId);
  if (!batch) throw new ServiceError('not_found', `There is no batch ${batchId}`);
  return batch;
}
