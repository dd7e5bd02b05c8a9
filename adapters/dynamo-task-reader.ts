import { ServiceError } from '../core/service-error.ts';
import type { Task, TaskInput, TaskKey } from '../core/tasks/task.ts';
import type { OpenTask, TaskListFilter, TaskPage, TaskStore } from '../core/tasks/task-store.ts';
import type { DynamoTable, Item } from './dynamo-table.ts';
import type { Payloads } from './s3-payloads.ts';
import { inputKey, metaKey, sortableTime, taskFromItem } from './task-items.ts';

type TaskReader = Pick<
  TaskStore,
  'get' | 'getMany' | 'readInput' | 'list' | 'listExpired' | 'countOpen' | 'listOpen'
> & {
  /** Fetches a result that lies in S3. */
  hydrate(task: Task): Promise<Task>;
};

/** A filtered listing looks at this many tasks a request; a page may then be short, its cursor goes on. */
const scannedPerRequest = 1000;

/** What of a TaskStore only reads. The indexes hold keys alone, so that no status change writes one. */
export function createTaskReader(table: DynamoTable, payloads: Payloads): TaskReader {
  async function hydrate(task: Task): Promise<Task> {
    if (!task.resultKey) return task;
    const text = await payloads.get(task.resultKey);
    return text ? { ...task, result: JSON.parse(text), resultKey: null } : task;
  }

  async function getMany(keys: TaskKey[], options?: { consistent?: boolean }): Promise<Task[]> {
    const items = await table.getMany(keys.map(metaKey), options);
    const byId = new Map(items.map((item) => [item.pk, taskFromItem(item)]));
    return keys.map((key) => byId.get(metaKey(key).pk)).filter((task) => task !== undefined);
  }

  const openTask =
    (provider: string) =>
    (item: Item): OpenTask => {
      const [deadline, tenant, taskId] = (item.open_sk as string).split('#') as [string, string, string];
      return { provider, tenant, taskId, deadlineAt: Number(deadline) };
    };

  return {
    hydrate,
    getMany,

    async get(key) {
      const item = await table.get(metaKey(key), { consistent: true });
      return item && hydrate(taskFromItem(item));
    },

    async readInput(key) {
      const item = await table.get(inputKey(key), { consistent: true });
      const body = item?.object_key ? await payloads.get(item.object_key as string) : item?.body;
      return typeof body === 'string' ? (JSON.parse(body) as TaskInput) : undefined;
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
        const found = await getMany(page.items.map(keyOfIndexItem));
        const wanted = found.filter((task) => matches(task, filter)).slice(0, limit - tasks.length);
        tasks.push(...(await Promise.all(wanted.map(hydrate))));
        scanned += page.items.length;
        startKey = page.lastKey;
        if (tasks.length === limit) {
          const last = tasks[limit - 1] as Task;
          const consumed = page.items.findIndex((item) => keyOfIndexItem(item).taskId === last.taskId);
          if (consumed < page.items.length - 1) startKey = indexKey(page.items[consumed] as Item, sortKeys);
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
      return page.items.map(openTask(provider));
    },

    countOpen: (provider) =>
      table.count({ index: 'open', where: '#open_pk = :provider', values: { provider } }),

    async listOpen(provider, limit, cursor) {
      const page = await table.query({
        index: 'open',
        where: '#open_pk = :provider',
        values: { provider },
        limit,
        startKey: cursor ? (JSON.parse(cursor) as Item) : undefined,
      });
      return {
        tasks: page.items.map(openTask(provider)),
        nextCursor: page.lastKey && JSON.stringify(page.lastKey),
      };
    },
  };
}

function keyOfIndexItem(item: Item): TaskKey {
  const [tenant, taskId] = (item.pk as string).split('#') as [string, string];
  return { tenant, taskId };
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
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Item;
    const names = ['pk', 'sk', ...sortKeys];
    if (key[sortKeys[0] as string] === partition && names.every((name) => typeof key[name] === 'string'))
      return indexKey(key, sortKeys);
  } catch {
    // Falls through to the one error below.
  }
  const detail = 'is not a cursor of this listing';
  throw new ServiceError('invalid_request', 'The cursor is not valid', {
    faults: [{ pointer: '/cursor', detail }],
  });
}
