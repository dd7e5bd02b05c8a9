import type { BatchProgress } from '../core/batches/batch-progress.ts';
import { batchTaskId } from '../core/batches/batch-tasks.ts';
import type { BatchCount } from '../core/events/share.ts';
import {
  type BatchRow,
  batchFromRows,
  batchKey,
  endedPlaces,
  type MarksRow,
  marksKey,
  parseBatchRow,
  parseMarksRow,
  partOf,
  readMarks,
} from './batch-row.ts';
import type { DynamoTable } from './dynamo-table.ts';

const dayMs = 86_400_000;
const mostKnown = 1_000;

/** What of a batch never changes. Without parts or a seed an older version made it, and its own row may have marks too. */
type KnownBatch = Pick<ReturnType<typeof parseBatchRow>, 'parts' | 'seed'>;

/**
 * Marks beside the BATCH row: number sets of places, so that a record counted twice counts once. The BATCH row itself is
 * written when the last task has ended, with the counts.
 */
export function createDynamoBatchProgress(options: {
  table: DynamoTable;
  /** Milliseconds that a completed batch is kept. */
  retentionMs: number;
}): BatchProgress {
  const { table, retentionMs } = options;
  /** Of one environment; a batch comes in many records. */
  const known = new Map<string, KnownBatch>();

  async function readBatch({ tenant, batchId }: BatchCount) {
    const item = await table.get(batchKey(tenant, batchId), { consistent: true });
    return item && parseBatchRow(item);
  }

  async function know(count: BatchCount): Promise<KnownBatch | undefined> {
    const name = batchKey(count.tenant, count.batchId).pk;
    const found = known.get(name);
    if (found) return found;
    const row = await readBatch(count);
    if (!row) return undefined;
    if (known.size >= mostKnown) known.clear();
    const batch = { parts: row.parts, seed: row.seed };
    known.set(name, batch);
    return batch;
  }

  /** Marks tasks of one part; answers how many of it have ended. */
  async function mark(count: BatchCount, part: number, tasks: BatchCount['tasks'], now: number) {
    const places = Object.groupBy(tasks, ({ status }) => (status === 'processing' ? 'started' : status));
    const sets = Object.entries(places).map(([name, all]) => [name, new Set(all.map(({ place }) => place))]);
    const { item } = await table.update<MarksRow>({
      key: marksKey(count.tenant, count.batchId, part),
      // Longer than the batch, however long that takes.
      set: { kind: 'marks', ttl: Math.ceil((now + 2 * retentionMs + dayMs) / 1000) },
      add: Object.fromEntries(sets),
      returnNew: true,
    });
    return endedPlaces(parseMarksRow(item)).size;
  }

  async function completeIfAllEnded(count: BatchCount, now: number): Promise<void> {
    const row = await readBatch(count);
    if (!row || row.completed_at !== undefined) return;
    const { completed, failed, cancelled } = batchFromRows(row, await readMarks(table, row));
    if (completed + failed + cancelled < row.total) return;
    await table.update<BatchRow>({
      key: batchKey(count.tenant, count.batchId),
      set: {
        completed_at: now,
        counted_from: count.changedAt,
        n_completed: completed,
        n_failed: failed,
        n_cancelled: cancelled,
        ttl: Math.ceil((now + retentionMs) / 1000),
      },
      add: { version: 1 },
      remove: ['open_pk', 'open_sk'],
      condition: 'attribute_exists(#total) AND attribute_not_exists(#completed_at)',
    });
  }

  return {
    async add(count, now) {
      const batch = await know(count);
      if (!batch) return;
      const { parts, seed } = batch;
      const ours = count.tasks.filter(
        ({ taskId, place }) => seed === undefined || batchTaskId(seed, place) === taskId,
      );
      const byPart = Map.groupBy(ours, ({ place }) => partOf(place));
      const full = await Promise.all(
        [...byPart].map(async ([part, tasks]) => {
          const ended = await mark(count, part, tasks, now);
          const hasEnds = tasks.some(({ status }) => status !== 'processing');
          return hasEnds && (parts === undefined || ended >= (parts[part] ?? 0));
        }),
      );
      // A count of no task asks whether the batch is complete.
      if (count.tasks.length === 0 || full.includes(true)) await completeIfAllEnded(count, now);
    },
  };
}
