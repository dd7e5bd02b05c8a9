import type { BatchProgress } from '../core/batches/batch-progress.ts';
import { type BatchRow, batchKey, endedPlaces, parseBatchRow } from './batch-row.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** The BATCH row of the task table: number sets of places, so that a record counted twice counts once. */
export function createDynamoBatchProgress(options: {
  table: DynamoTable;
  /** Milliseconds that a completed batch is kept. */
  retentionMs: number;
}): BatchProgress {
  const { table, retentionMs } = options;
  return {
    async add(tenant, batchId, indexes, now) {
      const key = batchKey(tenant, batchId);
      const filled = Object.entries(indexes).filter(([, places]) => places.length > 0);
      if (filled.length === 0) return;
      const { item } = await table.update<BatchRow>({
        key,
        add: Object.fromEntries(filled.map(([name, places]) => [name, new Set<number>(places)])),
        // A batch whose retention ended is not to be made again by a late count.
        condition: 'attribute_exists(#total)',
        returnNew: true,
      });
      if (!item) return;
      const row = parseBatchRow(item);
      if (row.completed_at !== undefined || endedPlaces(row).size < row.total) return;
      await table.update<BatchRow>({
        key,
        set: { completed_at: now, ttl: Math.ceil((now + retentionMs) / 1000) },
        add: { version: 1 },
        condition: 'attribute_not_exists(#completed_at)',
      });
    },
  };
}
