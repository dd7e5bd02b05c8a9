import type { BatchStore } from '../core/batches/batch-store.ts';
import { BatchRow, batchFromItem, batchKey, batchKind } from './batch-row.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

export interface DynamoBatchStoreOptions {
  table: DynamoTable;
  /** Milliseconds that a batch is kept, counted from its submission. */
  retentionMs: number;
}

const OriginRow = BatchRow.pick({ request_hash: true, created_at: true });

/**
 * BATCH rows in the table of tasks. The stream adds the place of each task to the row's number sets; adding
 * twice does nothing, so a record seen twice does no harm.
 */
export function createDynamoBatchStore({ table, retentionMs }: DynamoBatchStoreOptions): BatchStore {
  return {
    async create({ tenant, batchId, createdAt, total, callbackUrl, requestHash }) {
      const key = batchKey(tenant, batchId);
      const created = await table.put<BatchRow>(
        {
          ...key,
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
      const item = created ? undefined : await table.get(key, { consistent: true });
      if (!item) return { created, requestHash: created ? requestHash : null, createdAt };
      const first = parseItem('The row of a batch', OriginRow, item);
      return { created, requestHash: first.request_hash ?? null, createdAt: first.created_at };
    },

    async get(tenant, batchId) {
      const item = await table.get(batchKey(tenant, batchId), { consistent: true });
      return item && batchFromItem(item);
    },
  };
}
