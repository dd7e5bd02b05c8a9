import * as z from 'zod';
import type { DeltaEntry, DeltaLog } from '../core/answers/delta-log.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, parseItem } from './parse-item.ts';
import { lastingFor } from './retention.ts';
import { StoredDelta } from './stored-delta.ts';

/** For so long a caller may go on reading. */
const keptMs = 3_600_000;

/** Pieces of an answer that were written together, below the key of their task. */
const DeltaRow = z.object({
  pk: z.string(),
  /** `<attempt>#<sequence>`, with zeros before, so that they sort as numbers do. */
  sk: z.string().regex(/^\d+#\d+$/),
  position: z.number(),
  deltas: jsonText(z.array(StoredDelta)),
  ttl: z.number(),
});
type DeltaRow = z.input<typeof DeltaRow>;
const RowKey = z.object({ pk: z.string(), sk: z.string() });
const rowName = 'The row of a piece of an answer';

const partitionOf = ({ tenant, taskId }: { tenant: string; taskId: string }) => `DELTA#${tenant}#${taskId}`;
const sortKey = (attempt: number, sequence: number) =>
  `${String(attempt).padStart(4, '0')}#${String(sequence).padStart(7, '0')}`;

/** Rows of the state table, which no stream reads. One that expired may be found for some days: it does no harm. */
export function createDynamoDeltaLog(options: {
  table: DynamoTable;
  /** Milliseconds that an ended task is kept. */
  retentionMs: number;
  now: () => number;
}): DeltaLog {
  const { table, retentionMs, now } = options;
  return {
    async append(key, { attempt, sequence, position, deltas }, neededUntil) {
      const row: ItemKey & DeltaRow = {
        pk: partitionOf(key),
        sk: sortKey(attempt, sequence),
        position,
        deltas: JSON.stringify(deltas),
        ttl:
          neededUntil === undefined
            ? Math.ceil((now() + keptMs) / 1000)
            : lastingFor(retentionMs, neededUntil),
      };
      await table.put<DeltaRow>(row);
    },

    async read(key, from, consistent = false) {
      const entries: DeltaEntry[] = [];
      const values = { pk: partitionOf(key), from: sortKey(from.attempt, from.sequence) };
      let startKey: Item | undefined;
      do {
        const page = await table.query({ where: '#pk = :pk AND #sk >= :from', values, startKey, consistent });
        entries.push(...page.items.map(readEntry));
        startKey = page.lastKey;
      } while (startKey);
      return entries;
    },

    async delete(key) {
      let startKey: Item | undefined;
      do {
        const page = await table.query({ where: '#pk = :pk', values: { pk: partitionOf(key) }, startKey });
        await table.deleteMany(page.items.map((item) => parseItem(rowName, RowKey, item)));
        startKey = page.lastKey;
      } while (startKey);
    },
  };
}

function readEntry(item: object): DeltaEntry {
  const { sk, position, deltas } = parseItem(rowName, DeltaRow, item);
  const [attempt = 0, sequence = 0] = sk.split('#').map(Number);
  return { attempt, sequence, position, deltas };
}
