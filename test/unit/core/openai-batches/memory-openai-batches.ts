import { hasEnded, type OpenaiBatch } from '../../../../core/openai-batches/openai-batch.ts';
import type { BatchLease, OpenaiBatchStore } from '../../../../core/openai-batches/openai-batch-store.ts';

interface Stored {
  batch: OpenaiBatch;
  lease: BatchLease | undefined;
  lookAt: number;
}

/** One table of batches, with its conditions. */
export function createMemoryOpenaiBatches(): OpenaiBatchStore & { stored: Map<string, Stored> } {
  const stored = new Map<string, Stored>();
  const copy = (batch: OpenaiBatch) => structuredClone(batch);
  const holds = (found: Stored | undefined, { run }: BatchLease): found is Stored =>
    found?.lease?.run === run;
  return {
    stored,
    async create(batch) {
      const found = stored.get(batch.batchId);
      if (found) return copy(found.batch);
      stored.set(batch.batchId, { batch: copy(batch), lease: undefined, lookAt: batch.createdAt });
      return batch;
    },
    async get({ batchId }) {
      const found = stored.get(batchId);
      return found && copy(found.batch);
    },
    async list(_tenant, { limit }) {
      const batches = [...stored.values()].map(({ batch }) => copy(batch)).reverse();
      return { batches: batches.slice(0, limit), hasMore: batches.length > limit };
    },
    async cancel({ batchId }, now) {
      const found = stored.get(batchId);
      if (!found) return undefined;
      const isOpen = found.batch.status === 'validating' || found.batch.status === 'in_progress';
      if (isOpen) found.batch.times.cancelling ??= now;
      return copy(found.batch);
    },
    async listDue(now) {
      return [...stored.values()]
        .filter(({ batch, lease, lookAt }) => !hasEnded(batch) && (lease?.until ?? lookAt) <= now)
        .map(({ batch }) => ({ tenant: batch.tenant, batchId: batch.batchId }));
    },
    async take({ batchId }, lease) {
      const found = stored.get(batchId);
      if (!found || hasEnded(found.batch)) return undefined;
      const isFree = found.lease === undefined ? found.lookAt <= lease.from : found.lease.until <= lease.from;
      if (!isFree && found.batch.times.cancelling === undefined) return undefined;
      found.lease = lease;
      return copy(found.batch);
    },
    async save(batch, lease) {
      const found = stored.get(batch.batchId);
      if (!holds(found, lease)) return undefined;
      const { cancelling } = found.batch.times;
      found.batch = copy({
        ...batch,
        times: { ...batch.times, ...(cancelling !== undefined && { cancelling }) },
      });
      found.lease = lease;
      return copy(found.batch);
    },
    async release({ batchId }, lease, lookAt) {
      const found = stored.get(batchId);
      if (holds(found, lease)) Object.assign(found, { lease: undefined, lookAt });
    },
  };
}
