import * as z from 'zod';
import type { Batch } from '../core/batches/batch.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

export const batchKind = 'batch';

export function batchKey(tenant: string, batchId: string): ItemKey {
  return { pk: `${tenant}#${batchId}`, sk: 'BATCH' };
}

const Places = z.set(z.number()).optional();

const marks = { started: Places, completed: Places, failed: Places, cancelled: Places };

/**
 * BATCH, in the table of tasks: written when the batch is stored, when it completes, and when the sweeper looks at it.
 * Times are epoch milliseconds, `ttl` is in seconds. `open_pk` and `open_sk` are the keys of its index, while it is open:
 * when it is to be looked at. The marks are those of an older version.
 */
export const BatchRow = z.object({
  kind: z.literal(batchKind),
  tenant: z.string(),
  batch_id: z.string(),
  total: z.number(),
  version: z.int(),
  created_at: z.number(),
  completed_at: z.number().optional(),
  /** Of the first change whose count completed it, and how its tasks ended. */
  counted_from: z.number().optional(),
  n_completed: z.number().optional(),
  n_failed: z.number().optional(),
  n_cancelled: z.number().optional(),
  callback_url: z.string().optional(),
  /** Of what the ids of its tasks are made; a batch of an older version has none. */
  seed: z.string().optional(),
  /** How many of its tasks have their marks in each of the rows MARKS#0, MARKS#1, …; absent: an older version made it. */
  parts: z.array(z.number()).optional(),
  ...marks,
  open_pk: z.string().optional(),
  open_sk: z.string().optional(),
  ttl: z.number().optional(),
});
export type BatchRow = z.input<typeof BatchRow>;

/**
 * MARKS#<number>, beside BATCH: of a hundred tasks, places of those that started and that ended, as number sets. One is
 * under 1 KB, so a count costs one unit however large the batch is; its kind is none that the stream's reader is told of.
 */
export const MarksRow = z.object({ kind: z.literal('marks'), ...marks, ttl: z.number().optional() });
export type MarksRow = z.input<typeof MarksRow>;

const placesPerRow = 100;
const mostParts = 10;

export function marksKey(tenant: string, batchId: string, part: number): ItemKey {
  return { pk: batchKey(tenant, batchId).pk, sk: `MARKS#${part}` };
}

/** The number of the row that a place has its mark in. */
export function partOf(place: number): number {
  return Math.floor(place / placesPerRow);
}

/** How many of these places have their marks in each row. */
export function partsOf(places: readonly number[]): number[] {
  const parts: number[] = [];
  for (const part of places.map(partOf)) {
    while (parts.length <= part) parts.push(0);
    parts[part] = (parts[part] ?? 0) + 1;
  }
  return parts;
}

export function parseBatchRow(item: Item | undefined): z.output<typeof BatchRow> {
  return parseItem('The row of a batch', BatchRow, item);
}

export function parseMarksRow(item: Item | undefined): z.output<typeof MarksRow> {
  return parseItem('The marks of a batch', MarksRow, item);
}

type Marks = Pick<z.output<typeof MarksRow>, 'started' | 'completed' | 'failed' | 'cancelled'>;

/** @param marks all of its rows of marks */
export function batchFromRows(row: z.output<typeof BatchRow>, marks: Marks[]): Batch {
  const all = [row, ...marks];
  const places = (name: keyof Marks) => new Set(all.flatMap((each) => [...(each[name] ?? [])]));
  const ended = new Set(all.flatMap((each) => [...endedPlaces(each)]));
  return {
    tenant: row.tenant,
    batchId: row.batch_id,
    createdAt: row.created_at,
    completedAt: row.completed_at ?? null,
    callbackUrl: row.callback_url ?? null,
    version: row.version,
    total: row.total,
    processing: row.completed_at ? 0 : [...places('started')].filter((place) => !ended.has(place)).length,
    completed: row.n_completed ?? places('completed').size,
    failed: row.n_failed ?? places('failed').size,
    cancelled: row.n_cancelled ?? places('cancelled').size,
  };
}

/** The marks of an open batch; those of a completed one are in its own row. */
export async function readMarks(table: DynamoTable, row: z.output<typeof BatchRow>): Promise<Marks[]> {
  if (row.completed_at !== undefined) return [];
  const { tenant, batch_id, parts = Array.from({ length: mostParts }, () => placesPerRow) } = row;
  const keys = parts.flatMap((count, part) => (count > 0 ? marksKey(tenant, batch_id, part) : []));
  return (await table.getMany(keys, { consistent: true })).map(parseMarksRow);
}

/** Places of the tasks that ended, in whatever way. */
export function endedPlaces({ completed, failed, cancelled }: Marks): Set<number> {
  return new Set([...(completed ?? []), ...(failed ?? []), ...(cancelled ?? [])]);
}
