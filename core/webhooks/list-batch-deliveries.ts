import type { BatchStore } from '../batches/batch-store.ts';
import { getBatch } from '../batches/get-batch.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import { withPending } from './with-pending.ts';

/** The batch's one webhook, once it is completed, also before it is tried. Throws `not_found`. */
export async function listBatchDeliveries(
  tenant: string,
  batchId: string,
  ports: { batches: Pick<BatchStore, 'get'>; deliveries: Pick<Deliveries, 'list'> },
): Promise<Delivery[]> {
  const batch = await getBatch(tenant, batchId, ports.batches);
  const tried = await ports.deliveries.list(tenant, batchId);
  const { completedAt } = batch;
  if (completedAt === null) return tried;
  return withPending(tried, batchId, {
    kind: 'batch',
    sequence: '',
    tenant,
    after: { ...batch, completedAt, countedFrom: completedAt },
  });
}
