import type { Batch } from '../batches/batch.ts';
import type { BatchStore } from '../batches/batch-store.ts';
import { buildBatchEvent, buildTaskEvent, type ServiceEvent } from '../events/build-event.ts';
import type { EventLag } from '../events/event-lag.ts';
import { isFinal, type Task } from '../tasks/task.ts';
import type { TaskListFilter, TaskStore } from '../tasks/task-store.ts';
import type { Subscription } from './subscriptions.ts';

export interface ReplayPorts {
  store: Pick<TaskStore, 'getMany' | 'list'>;
  batches: Pick<BatchStore, 'get'>;
  eventLag: Pick<EventLag, 'after'>;
}

/** A task to replay, and when it changed (epoch ms) as far as the list knew. */
interface PlannedTask {
  taskId: string;
  changedAt: number;
  /** By the client: replayed whether it changed or not. */
  named: boolean;
}

/** What to replay: ids alone, since the states together may be larger than a function's memory. */
export interface ReplayPlan {
  /** The oldest change first, so that a replay which breaks off leaves nothing behind the client's `since`. */
  tasks: PlannedTask[];
  /** Told of where they are complete. */
  batchIds: string[];
  /** Epoch ms; tasks that were not named and did not change after it are read, for the list may lag, but not told of. */
  changedAfter: number | undefined;
  /** Ids that this tenant does not have. */
  unknown: Subscription[];
  /** False where there was more than a replay holds: the client should list over HTTP. */
  complete: boolean;
}

const mostTasks = 5_000;
const pageSize = 100;
const batchesAtOnce = 20;

/** What a client named; of a batch its tasks too, without those that have not changed since. */
export async function planSubscriptions(
  tenant: string,
  subscriptions: Subscription[],
  since: number | undefined,
  { store, batches, eventLag }: ReplayPorts,
): Promise<ReplayPlan> {
  const changedAfter = since === undefined ? undefined : since - (await eventLag.after(since));
  const named = subscriptions.filter(({ kind }) => kind === 'task').map(({ id }) => ({ tenant, taskId: id }));
  const known = new Set((await store.getMany(named, { consistent: true })).map(({ taskId }) => taskId));
  const tasks = [...known].map((taskId) => ({ taskId, changedAt: 0, named: true }));
  const plan: ReplayPlan = { tasks, batchIds: [], changedAfter, unknown: [], complete: true };
  for (const { id } of subscriptions.filter(({ kind }) => kind === 'batch')) {
    const batch = await batches.get(tenant, id);
    if (!batch) continue;
    known.add(id);
    plan.batchIds.push(id);
    const changed = await listChanged(tenant, { batchId: id }, changedAfter, undefined, store);
    tasks.push(...changed.tasks.filter(({ taskId }) => !known.has(taskId)));
    plan.complete &&= changed.complete;
  }
  tasks.sort(byChange);
  plan.unknown = subscriptions.filter(({ id }) => !known.has(id));
  return plan;
}

/** The tenant's tasks that changed after `since`, and their batches. A task changes no later than `longestTaskMs` after it was made. */
export async function planSince(
  tenant: string,
  since: number,
  longestTaskMs: number,
  { store, eventLag }: ReplayPorts,
): Promise<ReplayPlan> {
  const changedAfter = since - (await eventLag.after(since));
  const changed = await listChanged(tenant, {}, changedAfter, changedAfter - longestTaskMs, store);
  return { ...changed, changedAfter, unknown: [] };
}

export interface ReplayPage {
  /** The present state of some of what is planned. */
  events: ServiceEvent[];
  /** All that changed before (epoch ms) was in the pages before this one. */
  from: number;
}

/** Read page by page, each after the one before was taken. */
export async function* replay(
  tenant: string,
  { tasks, batchIds, changedAfter = 0 }: Pick<ReplayPlan, 'tasks' | 'batchIds' | 'changedAfter'>,
  { store, batches }: ReplayPorts,
): AsyncGenerator<ReplayPage> {
  let from = 0;
  for (let at = 0; at < tasks.length; at += pageSize) {
    const page = tasks.slice(at, at + pageSize);
    from = page[0]?.changedAt ?? from;
    const keys = page.map(({ taskId }) => ({ tenant, taskId }));
    const named = new Set(page.flatMap((each) => (each.named ? each.taskId : [])));
    const found = await store.getMany(keys, { consistent: true });
    const news = found.filter((task) => named.has(task.taskId) || changedAtOf(task) >= changedAfter);
    yield { events: news.map(buildTaskEvent), from };
  }
  for (let at = 0; at < batchIds.length; at += batchesAtOnce) {
    const page = batchIds.slice(at, at + batchesAtOnce);
    const found = await Promise.all(page.map((id) => batches.get(tenant, id)));
    yield { events: found.flatMap((batch) => (isCompleted(batch) ? buildBatchEvent(batch) : [])), from };
  }
}

/** Newest first until a task was made before `createdAfter`. */
async function listChanged(
  tenant: string,
  filter: TaskListFilter,
  changedAfter: number | undefined,
  createdAfter: number | undefined,
  store: Pick<TaskStore, 'list'>,
): Promise<Pick<ReplayPlan, 'tasks' | 'batchIds' | 'complete'>> {
  const found: PlannedTask[] = [];
  const batchIds = new Set<string>();
  const inOrder = () => ({ tasks: found.sort(byChange), batchIds: [...batchIds] });
  let cursor: string | undefined;
  let listed = 0;
  do {
    const page = await store.list(tenant, filter, pageSize, cursor);
    listed += page.tasks.length;
    const young = page.tasks.filter(({ createdAt }) => createdAt >= (createdAfter ?? 0));
    for (const task of young.filter((each) => mayBeNews(each, changedAfter))) {
      found.push({ taskId: task.taskId, changedAt: changedAtOf(task), named: false });
      if (task.batchId !== null) batchIds.add(task.batchId);
    }
    if (young.length < page.tasks.length) return { ...inOrder(), complete: true };
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && listed < mostTasks);
  return { ...inOrder(), complete: cursor === undefined };
}

function byChange(a: PlannedTask, b: PlannedTask): number {
  return a.changedAt - b.changedAt;
}

/** An open task always: a list may lag behind what has become of it. */
function mayBeNews(task: Task, changedAfter: number | undefined): boolean {
  return changedAfter === undefined || !isFinal(task.status) || (task.completedAt ?? 0) >= changedAfter;
}

function changedAtOf(task: Task): number {
  return task.changedAt ?? task.createdAt;
}

function isCompleted(batch: Batch | undefined): batch is Batch & { completedAt: number } {
  return batch !== undefined && batch.completedAt !== null;
}
