import type { Batch } from '../core/batches/batch.ts';
import type { BatchStore } from '../core/batches/batch-store.ts';
import type { DynamoTable, Item, ItemKey } from './dynamo-table.ts';

export const batchKind = 'batch';

export function batchKey(tenant: string, batchId: string): ItemKey {
  return { pk: `${tenant}#${batchId}`, sk: 'BATCH' };
}

export interface DynamoBatchStoreOptions {
  table: DynamoTable;
  /** Milliseconds that a batch is kept, counted from its submission. */
  retentionMs: number;
}

/**
 * BATCH rows in the table of tasks. The stream adds the index of each task to the number sets `started`, `completed`,
 * `failed` and `cancelled`; adding twice does nothing, so a record seen twice does no harm.
 */
export function createDynamoBatchStore({ table, retentionMs }: DynamoBatchStoreOptions): BatchStore {
  return {
    async create({ tenant, batchId, createdAt, total, callbackUrl, requestHash }) {
      const created = await table.put(
        {
          ...batchKey(tenant, batchId),
          kind: batchKind,
          tenant,
          batch_id: batchId,
          total,
          version: 1,
          created_at: createdAt,
          ...(total === 0 && { completed_at: createdAt }),
          ...(callbackUrl !== null && { callback_url: callbackUrl }),
          ...(requestHash !== null && { request_hash: requestHash }),
          ttl: Math.ceil((createdAt + retentionMs) / 1000),
        },
        'attribute_not_exists(#pk)',
      );
      if (created) return { created, requestHash, createdAt };
      const item = await table.get(batchKey(tenant, batchId), { consistent: true });
      return {
        created,
        requestHash: (item?.request_hash as string | undefined) ?? null,
        createdAt: (item?.created_at as number | undefined) ?? createdAt,
      };
    },

    async get(tenant, batchId) {
      const item = await table.get(batchKey(tenant, batchId), { consistent: true });
      return item && batchFromItem(item);
    },
  };
}

/** A batch from its row or from the row's image in a stream record. */
export function batchFromItem(item: Item): Batch {
  const [completed, failed, cancelled] = ['completed', 'failed', 'cancelled'].map((name) =>
    indexes(item, name),
  );
  const ended = new Set([...(completed ?? []), ...(failed ?? []), ...(cancelled ?? [])]);
  return {
    tenant: item.tenant as string,
    batchId: item.batch_id as string,
    createdAt: item.created_at as number,
    completedAt: (item.completed_at as number | undefined) ?? null,
    callbackUrl: (item.callback_url as string | undefined) ?? null,
    version: item.version as number,
    total: item.total as number,
    processing: [...indexes(item, 'started')].filter((index) => !ended.has(index)).length,
    completed: completed?.size ?? 0,
    failed: failed?.size ?? 0,
    cancelled: cancelled?.size ?? 0,
  };
}

function indexes(item: Item, name: string): Set<number> {
  return (item[name] as Set<number> | undefined) ?? new Set();
}
