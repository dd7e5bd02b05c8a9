import { isTimedId } from '../files/file.ts';
import { PageQuery } from '../files/list-files.ts';
import { parseRequest } from '../parse-request.ts';
import { ServiceError } from '../service-error.ts';
import { type OpenaiBatch, type OpenaiBatchKey, statusOf } from './openai-batch.ts';
import type { BatchStarter, OpenaiBatchStore } from './openai-batch-store.ts';

const notFound = ({ batchId }: OpenaiBatchKey) =>
  new ServiceError('not_found', `There is no batch ${batchId.slice(0, 100)}`);

const isBatchId = ({ batchId }: OpenaiBatchKey) => isTimedId('batch_', batchId);

/** Throws `not_found`. */
export async function getOpenaiBatch(
  key: OpenaiBatchKey,
  batches: Pick<OpenaiBatchStore, 'get'>,
): Promise<OpenaiBatch> {
  const batch = isBatchId(key) ? await batches.get(key) : undefined;
  if (!batch) throw notFound(key);
  return batch;
}

/** A page of the tenant's batches, newest first. Throws `invalid_request`. */
export async function listOpenaiBatches(
  tenant: string,
  query: Record<string, string | undefined>,
  batches: Pick<OpenaiBatchStore, 'list'>,
): Promise<{ batches: OpenaiBatch[]; hasMore: boolean }> {
  const { after, limit } = parseRequest(PageQuery, query);
  return batches.list(tenant, { after, limit });
}

/** Asks for the end of a batch: what runs is stopped, and what was answered stays. Throws `not_found`, `conflict`. */
export async function cancelOpenaiBatch(
  key: OpenaiBatchKey,
  now: number,
  ports: { batches: Pick<OpenaiBatchStore, 'cancel'>; starter: BatchStarter },
): Promise<OpenaiBatch> {
  const batch = isBatchId(key) ? await ports.batches.cancel(key, now) : undefined;
  if (!batch) throw notFound(key);
  if (batch.times.cancelling === undefined)
    throw new ServiceError('conflict', `The batch cannot be cancelled: it is ${statusOf(batch)}`);
  await ports.starter.start(key);
  return batch;
}
