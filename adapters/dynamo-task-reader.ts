import * as z from 'zod';
import { ServiceError } from '../core/service-error.ts';
import type { Task, TaskKey } from '../core/tasks/task.ts';
import type { OpenTask, TaskListFilter, TaskPage, TaskStore } from '../core/tasks/task-store.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, parseItem } from './parse-item.ts';
import type { Payloads } from './s3-payloads.ts';
import { deadlineOf, parseTaskRow, sortableTime, taskFromItem, taskFromRow } from './task-items.ts';
import { fetchResult, readInput } from './task-payloads.ts';
import { IndexRow, InputRow, inputKey, metaKey, OpenIndexRow } from './task-rows.ts';

type TaskReader = Pick<
  TaskStore,
  'get' | 'getMade' | 'getMany' | 'readInput' | 'list' | 'listExpired' | 'countOpen' | 'listOpen'
>;

/** A filtered listing looks at this many tasks a request; a page may then be short, its cursor goes on. */
const scannedPerRequest = 1000;

/** The key that a page ended at. */
const CursorText = jsonText(z.record(z.string(), z.string()));

/** What of a TaskStore only reads. The indexes hold keys alone, so that no status change writes one. */
export function createTaskReader(table: DynamoTable, payloads: Payloads): TaskReader {
  async function getMany(keys: TaskKey[], options?: { consistent?: boolean }): Promise<Task[]> {
    const items = await table.getMany(keys.map(metaKey), options);
    const byId = new Map(items.map((item) => [item.pk, taskFromItem(item)]));
    return keys.map((key) => byId.get(metaKey(key).pk)).filter((task) => task !== undefined);
  }

  async function getMade(key: TaskKey): ReturnType<TaskStore['getMade']> {
    const item = await table.get(metaKey(key), { consistent: true });
    if (!item) return undefined;
    const row = parseTaskRow(item);
    const task = await fetchResult(payloads, taskFromRow(row));
    return { task, requestHash: row.request_hash ?? '' };
  }

  return {
    getMany,

    getMade,

    get: async (key) => (await getMade(key))?.task,

    async readInput(key) {
      const item = await table.get(inputKey(key), { consistent: true });
      return item && readInput(payloads, parseItem('The row of an input', InputRow, item));
    },

    async list(tenant, filter, limit, cursor): Promise<TaskPage> {
      const query = filter.batchId
        ? { index: 'by-batch', where: '#batch_pk = :pk', values: { pk: `${tenant}#${filter.batchId}` } }
        : { index: 'by-time', where: '#list_pk = :pk', values: { pk: tenant } };
      const sortKeys = filter.batchId ? ['batch_pk', 'batch_sk'] : ['list_pk', 'list_sk'];
      const filtered = filter.status !== undefined || filter.type !== undefined;
      let startKey = readCursor(cursor, sortKeys, query.values.pk);
      const tasks: Task[] = [];
      for (let scanned = 0; scanned < scannedPerRequest; ) {
        const page = await table.query({
          ...query,
          limit: filtered ? 100 : limit,
          newestFirst: true,
          startKey,
        });
        const keys = page.items.map(keyFromItem);
        const found = await getMany(keys);
        const wanted = found.filter((task) => matches(task, filter)).slice(0, limit - tasks.length);
        tasks.push(...(await Promise.all(wanted.map((task) => fetchResult(payloads, task)))));
        scanned += page.items.length;
        startKey = page.lastKey;
        if (tasks.length === limit) {
          const consumed = keys.findIndex(({ taskId }) => taskId === tasks.at(-1)?.taskId);
          const last = page.items[consumed];
          if (last && consumed < page.items.length - 1) startKey = indexKey(last, sortKeys);
          break;
        }
        if (!startKey) break;
      }
      return { tasks, nextCursor: startKey ? writeCursor(startKey) : null };
    },

    async listExpired(provider, now, limit) {
      const page = await table.query({
        index: 'open',
        where: '#open_pk = :provider AND #open_sk < :now',
        values: { provider, now: sortableTime(now) },
        limit,
      });
      return page.items.map(openTaskFromItem);
    },

    countOpen: (provider) =>
      table.count({ index: 'open', where: '#open_pk = :provider', values: { provider } }),

    async listOpen(provider, limit, cursor) {
      const page = await table.query({
        index: 'open',
        where: '#open_pk = :provider',
        values: { provider },
        limit,
        startKey: cursor === undefined ? undefined : CursorText.parse(cursor),
      });
      return {
        tasks: page.items.map(openTaskFromItem),
        nextCursor: page.lastKey && JSON.stringify(page.lastKey),
      };
    },
  };
}

function keyFromItem(item: Item): TaskKey {
  const { pk } = parseItem('The key of a task', IndexRow, item);
  const at = pk.lastIndexOf('#');
  return { tenant: pk.slice(0, at), taskId: pk.slice(at + 1) };
}

function openTaskFromItem(item: Item): OpenTask {
  const { open_pk, open_sk } = parseItem('The key of an open task', OpenIndexRow, item);
  return { ...keyFromItem(item), provider: open_pk, deadlineAt: deadlineOf(open_sk) };
}

function matches(task: Task, filter: TaskListFilter): boolean {
  return (
    (filter.status === undefined || task.status === filter.status) &&
    (filter.type === undefined || task.type === filter.type)
  );
}

function indexKey(item: Item, sortKeys: string[]): Item {
  return Object.fromEntries(['pk', 'sk', ...sortKeys].map((name) => [name, item[name]]));
}

function writeCursor(key: Item): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key to start after. A cursor names its partition, so that one tenant's cannot be used by another. */
function readCursor(cursor: string | undefined, sortKeys: string[], partition: string): Item | undefined {
  if (cursor === undefined) return undefined;
  const key = CursorText.safeParse(Buffer.from(cursor, 'base64url').toString()).data;
  const [partitionName = ''] = sortKeys;
  if (key?.[partitionName] === partition && ['pk', 'sk', ...sortKeys].every((name) => name in key))
    return indexKey(key, sortKeys);
  const detail = 'is not a cursor of this listing';
  throw new ServiceError('invalid_request', 'The cursor is not valid', {
    faults: [{ pointer: '/cursor', detail }],
  });
}
