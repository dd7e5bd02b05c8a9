import type { BatchProgress } from '../core/batches/batch-progress.ts';
import { batchTaskId } from '../core/batches/batch-tasks.ts';
import type { BatchCount } from '../core/events/share.ts';
import {
  type BatchRow,
  batchFromRows,
  batchKey,
  batchKind,
  endedPlaces,
  type MarksRow,
  marksKey,
  parseBatchRow,
  parseMarksRow,
  partOf,
  readMarks,
} from './batch-row.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { lastingFor } from './retention.ts';

const mostKnown = 1_000;

/** What of a batch never changes. Without parts or a seed an older version made it, and its own row may have marks too. */
type KnownBatch = Pick<ReturnType<typeof parseBatchRow>, 'parts' | 'seed' | 'ttl'>;

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
    // A batch of OpenAI's clients counts its own lines.
    return item?.kind === batchKind ? parseBatchRow(item) : undefined;
  }

  async function know(count: BatchCount): Promise<KnownBatch | undefined> {
    const name = batchKey(count.tenant, count.batchId).pk;
    const found = known.get(name);
    if (found) return found;
    const row = await readBatch(count);
    if (!row) return undefined;
    if (known.size >= mostKnown) known.clear();
    const batch = { parts: row.parts, seed: row.seed, ttl: row.ttl };
    known.set(name, batch);
    return batch;
  }

  /** Marks tasks of one part; answers how many of it have ended. */
  async function mark(count: BatchCount, part: number, tasks: BatchCount['tasks'], expires: number) {
    const places = Object.groupBy(tasks, ({ status }) => (status === 'processing' ? 'started' : status));
    const sets = Object.entries(places).map(([name, all]) => [name, new Set(all.map(({ place }) => place))]);
    const { item } = await table.update<MarksRow>({
      key: marksKey(count.tenant, count.batchId, part),
      set: { kind: 'marks', ttl: expires },
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
        ttl: lastingFor(retentionMs, now),
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
      const { parts, seed, ttl = 0 } = batch;
      // As long as the batch, which is kept for longer than its last task may take.
      const expires = Math.max(ttl, lastingFor(retentionMs, now));
      const ours = count.tasks.filter(
        ({ taskId, place }) => seed === undefined || batchTaskId(seed, place) === taskId,
      );
      const byPart = Map.groupBy(ours, ({ place }) => partOf(place));
      const full = await Promise.all(
        [...byPart].map(async ([part, tasks]) => {
          const ended = await mark(count, part, tasks, expires);
          const hasEnds = tasks.some(({ status }) => status !== 'processing');
          return hasEnds && (parts === undefined || ended >= (parts[part] ?? 0));
        }),
      );
      // A count of no task asks whether the batch is complete.
      if (count.tasks.length === 0 || full.includes(true)) await completeIfAllEnded(count, now);
    },
  };
}
