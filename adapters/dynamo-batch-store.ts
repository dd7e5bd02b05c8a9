import type { BatchStore } from '../core/batches/batch-store.ts';
import { batchTaskId } from '../core/batches/batch-tasks.ts';
import { firstLookMs } from '../core/batches/reconcile-batches.ts';
import {
  BatchRow,
  batchFromRows,
  batchKey,
  batchKind,
  parseBatchRow,
  partsOf,
  readMarks,
} from './batch-row.ts';
import { openBatchAttributes } from './dynamo-open-batches.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { isOver, lastingFor } from './retention.ts';

export interface DynamoBatchStoreOptions {
  table: DynamoTable;
  /** Milliseconds that a batch is kept after its end. */
  retentionMs: number;
  clock?: () => number;
}

/** BATCH rows in the table of tasks. The marks of their tasks lie beside them: adapters/dynamo-batch-progress.ts. */
export function createDynamoBatchStore(options: DynamoBatchStoreOptions): BatchStore {
  const { table, retentionMs, clock = Date.now } = options;

  return {
    async create({ tenant, batchId, createdAt, total, places, deadlineAt, callbackUrl, seed }) {
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
          parts: partsOf(places),
          ...(total === 0
            ? { completed_at: createdAt }
            : openBatchAttributes({ tenant, batchId }, createdAt + firstLookMs)),
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
      // A batch of OpenAI's clients is read by their route.
      if (item?.kind !== batchKind) return undefined;
      const row = parseBatchRow(item);
      if (isOver(row.completed_at ?? null, retentionMs, clock())) return undefined;
      return batchFromRows(row, await readMarks(table, row));
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
