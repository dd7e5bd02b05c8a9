import * as z from 'zod';
import { batchTaskId } from '../core/batches/batch-tasks.ts';
import type { BatchKey, OpenBatches } from '../core/batches/reconcile-batches.ts';
import { isFinal } from '../core/tasks/task.ts';
import { type BatchRow, batchKey, endedPlaces, parseBatchRow, readMarks } from './batch-row.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { sortableTime, taskFromItem } from './task-items.ts';
import { IndexRow, metaKey } from './task-rows.ts';

/** In the index of open tasks, beside the names of providers. */
const openPartition = 'BATCH';
/** Rows of tasks are read so many at a time: one may hold a result of 24 KB. */
const readsAtOnce = 100;

const OpenBatchRow = IndexRow.extend({ open_sk: z.string() });
const PlaceRow = IndexRow.extend({ batch_sk: z.string() });

/** Attributes that put an open batch into the index, by when it is to be looked at. */
export function openBatchAttributes({ tenant, batchId }: BatchKey, lookAt: number) {
  const open_sk = `${sortableTime(lookAt)}#${tenant}#${batchId}`;
  return { open_pk: openPartition, open_sk } satisfies Partial<BatchRow>;
}

/** Open batches by the index `open`, their tasks by the index `by-batch`. */
export function createDynamoOpenBatches({ table }: { table: DynamoTable }): OpenBatches {
  async function* listPlaces(pk: string): AsyncGenerator<{ place: number; key: { pk: string; sk: string } }> {
    let startKey: Item | undefined;
    do {
      const query = { index: 'by-batch', where: '#batch_pk = :pk', values: { pk } };
      const page = await table.query({ ...query, startKey });
      for (const item of page.items) {
        const { pk, sk, batch_sk } = parseItem('The key of a task of a batch', PlaceRow, item);
        yield { place: Number(batch_sk), key: { pk, sk } };
      }
      startKey = page.lastKey;
    } while (startKey);
  }

  return {
    async listDue(now, limit) {
      const { items } = await table.query({
        index: 'open',
        where: '#open_pk = :partition AND #open_sk < :now',
        values: { partition: openPartition, now: sortableTime(now) },
        limit,
      });
      return items.map((item) => {
        const { pk } = parseItem('The key of an open batch', OpenBatchRow, item);
        const at = pk.lastIndexOf('#');
        return { tenant: pk.slice(0, at), batchId: pk.slice(at + 1) };
      });
    },

    async audit({ tenant, batchId }) {
      const item = await table.get(batchKey(tenant, batchId), { consistent: true });
      const row = item && parseBatchRow(item);
      if (!row || row.completed_at !== undefined) return undefined;
      const counted = new Set(
        [row, ...(await readMarks(table, row))].flatMap((each) => [...endedPlaces(each)]),
      );
      // Other tries of its submission may have left tasks at the same places.
      const isOurs = (pk: string, place: number) =>
        row.seed === undefined || pk === metaKey({ tenant, taskId: batchTaskId(row.seed, place) }).pk;
      const uncounted = [];
      for await (const { place, key } of listPlaces(batchKey(tenant, batchId).pk))
        if (!counted.has(place) && isOurs(key.pk, place)) uncounted.push(key);
      const ended = [];
      for (let from = 0; from < uncounted.length; from += readsAtOnce) {
        const items = await table.getMany(uncounted.slice(from, from + readsAtOnce));
        ended.push(...items.map(taskFromItem).filter(({ status }) => isFinal(status)));
      }
      return { createdAt: row.created_at, ended };
    },

    async lookAgain(key, at) {
      await table.update<BatchRow>({
        key: batchKey(key.tenant, key.batchId),
        set: openBatchAttributes(key, at),
        condition: 'attribute_exists(#open_pk)',
      });
    },
  };
}
