import type { BatchStore } from '../core/batches/batch-store.ts';
import { batchTaskId } from '../core/batches/batch-tasks.ts';
import { BatchRow, batchFromItem, batchKey, batchKind } from './batch-row.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { isOver, lastingFor } from './retention.ts';

export interface DynamoBatchStoreOptions {
  table: DynamoTable;
  /** Milliseconds that a batch is kept after its end. */
  retentionMs: number;
  clock?: () => number;
}

/**
 * BATCH rows in the table of tasks. The stream adds the place of each task to the row's number sets; adding
 * twice does nothing, so a record seen twice does no harm.
 */
export function createDynamoBatchStore(options: DynamoBatchStoreOptions): BatchStore {
  const { table, retentionMs, clock = Date.now } = options;

  return {
    async create({ tenant, batchId, createdAt, total, deadlineAt, callbackUrl, seed }) {
      const created = await table.put<BatchRow>(
        {
          ...batchKey(tenant, batchId),
          kind: batchKind,
          tenant,
          batch_id: batchId,
          total,
          version: 1,
          created_at: createdAt,
          seed,
          ...(total === 0 && { completed_at: createdAt }),
          ...(callbackUrl !== null && { callback_url: callbackUrl }),
          ttl: lastingFor(retentionMs, deadlineAt),
        },
        'attribute_not_exists(#pk)',
      );
      // An earlier send of this very write, whose answer was lost.
      return created || (await readSeed(table, tenant, batchId))?.seed === seed;
    },

    async get(tenant, batchId) {
      const item = await table.get(batchKey(tenant, batchId), { consistent: true });
      const batch = item && batchFromItem(item);
      return batch && isOver(batch.completedAt, retentionMs, clock()) ? undefined : batch;
    },

    async hasTask({ tenant, batchId, taskId, batchIndex }) {
      const found = await readSeed(table, tenant, batchId);
      if (!found) return false;
      return found.seed === undefined || batchTaskId(found.seed, batchIndex) === taskId;
    },
  };
}

const SeedRow = BatchRow.pick({ seed: true });

/** Undefined: there is no such batch. */
export async function readSeed(
  table: DynamoTable,
  tenant: string,
  batchId: string,
): Promise<{ seed?: string | undefined } | undefined> {
  const item = await table.get(batchKey(tenant, batchId), { consistent: true });
  return item && parseItem('The row of a batch', SeedRow, item);
}
