import * as z from 'zod';
import type { Task, TaskKey } from '../core/tasks/task.ts';
import type {
  ListedTask,
  OpenTask,
  PageBudget,
  TaskListFilter,
  TaskPage,
  TaskStore,
} from '../core/tasks/task-store.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, parseItem } from './parse-item.ts';
import { isOver } from './retention.ts';
import type { Payloads } from './s3-payloads.ts';
import { indexKey, listingOf, readCursor, writeCursor } from './task-cursor.ts';
import { deadlineOf, sortableTime, taskFromItem } from './task-items.ts';
import { fetchResult, readInput } from './task-payloads.ts';
import { IndexRow, InputRow, inputKey, metaKey, OpenIndexRow } from './task-rows.ts';

type TaskReader = Pick<
  TaskStore,
  'get' | 'getMany' | 'readInput' | 'list' | 'listExpired' | 'countOpen' | 'listOpen'
>;

/** A filtered listing looks at this many tasks a request; a page may then be short, its cursor goes on. */
const scannedPerRequest = 1000;

interface TaskReaderOptions {
  table: DynamoTable;
  payloads: Payloads;
  /** Milliseconds that an ended task is kept. */
  retentionMs: number;
  clock: () => number;
}

const boundless: PageBudget = { hasRoom: () => true, take: (task) => task };

/** The key that a page of open tasks ended at. */
const OpenCursor = jsonText(z.record(z.string(), z.string()));

/** What of a TaskStore only reads. The indexes hold keys alone, so that no status change writes one. */
export function createTaskReader({ table, payloads, retentionMs, clock }: TaskReaderOptions): TaskReader {
  /** Undefined for a task that is past its retention. */
  function toTask(item: Item): Task | undefined {
    const task = taskFromItem(item);
    return isOver(task.completedAt, retentionMs, clock()) ? undefined : task;
  }

  async function getMany(keys: TaskKey[], options?: { consistent?: boolean }): Promise<Task[]> {
    const items = await table.getMany(keys.map(metaKey), options);
    const byId = new Map(items.map((item) => [item.pk, toTask(item)]));
    return keys.map((key) => byId.get(metaKey(key).pk)).filter((task) => task !== undefined);
  }

  /** The task as the page has room for it. A large result is fetched only while one may still fit. */
  async function takeInto(budget: PageBudget, task: Task): Promise<ListedTask | undefined> {
    const whole = task.resultKey && budget.hasRoom() ? await fetchResult(payloads, task) : task;
    return budget.take(whole);
  }

  return {
    getMany,

    async get(key) {
      const item = await table.get(metaKey(key), { consistent: true });
      const task = item && toTask(item);
      return task && fetchResult(payloads, task);
    },

    async readInput(key) {
      const item = await table.get(inputKey(key), { consistent: true });
      return item && readInput(payloads, parseItem('The row of an input', InputRow, item));
    },

    async list(tenant, filter, limit, cursor, budget = boundless): Promise<TaskPage> {
      const listing = listingOf(tenant, filter.batchId);
      const filtered = filter.status !== undefined || filter.type !== undefined;
      let startKey = readCursor(cursor, listing);
      const tasks: ListedTask[] = [];
      for (let scanned = 0; scanned < scannedPerRequest; ) {
        const page = await table.query({
          ...listing.query,
          limit: filtered ? 100 : limit,
          newestFirst: true,
          startKey,
        });
        const keys = page.items.map(keyFromItem);
        const found = new Map((await getMany(keys, filter)).map((task) => [task.taskId, task]));
        for (const [index, { taskId }] of keys.entries()) {
          const task = found.get(taskId);
          const isWanted = task !== undefined && matches(task, filter);
          const listed = isWanted ? await takeInto(budget, task) : undefined;
          const isFull = isWanted && !listed;
          if (listed) tasks.push(listed);
          if (!isFull && tasks.length < limit) continue;
          // The page ends behind the last task that it holds.
          const last = page.items[isFull ? index - 1 : index];
          const isLast = !isFull && index === keys.length - 1;
          startKey = isLast ? page.lastKey : last ? indexKey(last, listing) : startKey;
          return { tasks, nextCursor: startKey ? writeCursor(startKey) : null };
        }
        scanned += page.items.length;
        startKey = page.lastKey;
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
        startKey: cursor === undefined ? undefined : OpenCursor.parse(cursor),
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
