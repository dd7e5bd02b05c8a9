import type { BatchIndexes, BatchProgress } from '../core/batches/batch-progress.ts';
import { batchKey } from './dynamo-batch-store.ts';
import type { DynamoTable, Item } from './dynamo-table.ts';

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
      const { item } = await table.update({
        key,
        add: Object.fromEntries(filled.map(([name, places]) => [name, new Set(places)])),
        // A batch whose retention ended is not to come back as a stump.
        condition: 'attribute_exists(#total)',
        returnNew: true,
      });
      if (!item || item.completed_at !== undefined || !isComplete(item)) return;
      await table.update({
        key,
        set: { completed_at: now, ttl: Math.ceil((now + retentionMs) / 1000) },
        add: { version: 1 },
        condition: 'attribute_not_exists(#completed_at)',
      });
    },
  };
}

function isComplete(item: Item): boolean {
  const ended = new Set<number>();
  for (const name of ['completed', 'failed', 'cancelled'] satisfies (keyof BatchIndexes)[])
    for (const place of (item[name] as Set<number>) ?? []) ended.add(place);
  return typeof item.total === 'number' && ended.size >= item.total;
}
