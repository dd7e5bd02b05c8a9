import * as z from 'zod';
import type { Batch } from '../core/batches/batch.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { parseItem } from './parse-item.ts';

export const batchKind = 'batch';

export function batchKey(tenant: string, batchId: string): ItemKey {
  return { pk: `${tenant}#${batchId}`, sk: 'BATCH' };
}

const Places = z.set(z.number()).optional();

/**
 * BATCH, in the table of tasks. `started`, `completed`, `failed` and `cancelled` are number sets: places of
 * its tasks. Times are epoch milliseconds, `ttl` is in seconds.
 */
export const BatchRow = z.object({
  kind: z.literal(batchKind),
  tenant: z.string(),
  batch_id: z.string(),
  total: z.number(),
  version: z.int(),
  created_at: z.number(),
  completed_at: z.number().optional(),
  callback_url: z.string().optional(),
  /** Of what the ids of its tasks are made; a batch of an older version has none. */
  seed: z.string().optional(),
  started: Places,
  completed: Places,
  failed: Places,
  cancelled: Places,
  ttl: z.number().optional(),
});
export type BatchRow = z.input<typeof BatchRow>;

export function parseBatchRow(item: Item | undefined): z.output<typeof BatchRow> {
  return parseItem('The row of a batch', BatchRow, item);
}

/** A batch from its row or from the row's image in a stream record. */
export function batchFromItem(item: Item): Batch {
  const row = parseBatchRow(item);
  const ended = endedPlaces(row);
  return {
    tenant: row.tenant,
    batchId: row.batch_id,
    createdAt: row.created_at,
    completedAt: row.completed_at ?? null,
    callbackUrl: row.callback_url ?? null,
    version: row.version,
    total: row.total,
    processing: [...(row.started ?? [])].filter((place) => !ended.has(place)).length,
    completed: row.completed?.size ?? 0,
    failed: row.failed?.size ?? 0,
    cancelled: row.cancelled?.size ?? 0,
  };
}

/** Places of the tasks that ended, in whatever way. */
export function endedPlaces({ completed, failed, cancelled }: z.output<typeof BatchRow>): Set<number> {
  return new Set([...(completed ?? []), ...(failed ?? []), ...(cancelled ?? [])]);
}
