import type { Batch } from '../batches/batch.ts';
import type { BatchStore } from '../batches/batch-store.ts';
import { buildBatchEvent, buildTaskEvent, type ServiceEvent, type TaskEvent } from '../events/build-event.ts';
import type { EventLag } from '../events/event-lag.ts';
import { isFinal, type Task } from '../tasks/task.ts';
import type { PageBudget, TaskListFilter, TaskStore } from '../tasks/task-store.ts';
import type { LateChanges } from './late-changes.ts';
import type { Subscription } from './subscriptions.ts';

export interface ReplayPorts {
  store: Pick<TaskStore, 'getMany' | 'list'>;
  batches: Pick<BatchStore, 'get'>;
  eventLag: Pick<EventLag, 'oldestAfter'>;
  lateChanges: Pick<LateChanges, 'after'>;
}

/** A task to replay. */
interface PlannedTask {
  taskId: string;
  /** Epoch ms, as far as the list knew; 0 for a named task. */
  changedAt: number;
  /** The client named it: it is replayed whether it changed or not. */
  named: boolean;
  /** It had not ended, as far as was known. */
  open: boolean;
  /** What is told of it; undefined: it is read when its turn comes. */
  event: TaskEvent | undefined;
}

/** What to replay. The events of all of it may be larger than a function's memory: beyond `heldLength` it has ids alone. */
export interface ReplayPlan {
  /** The oldest change first, so that a client can go on from where a replay broke off. */
  tasks: PlannedTask[];
  /** Batches of which the event is replayed, if they are completed; beside those of the tasks that were not named. */
  batchIds: string[];
  /**
   * Epoch ms. A task that was not named is replayed only if its row, which is read again, changed after this.
   */
  changedAfter: number | undefined;
  /** Named tasks and batches that the tenant does not have. */
  unknown: Subscription[];
  /** False where there is more than a replay holds: the client has to list tasks over HTTP. */
  complete: boolean;
}

const mostTasks = 5_000;
const pageSize = 100;
const batchesAtOnce = 20;
/** Characters of JSON. */
const heldLength = 8 * 1024 * 1024;
/** Results that are stored apart are not part of an event. */
const withoutPayloads: PageBudget = { hasRoom: () => false, take: (task) => task };

/** Plans the replay of what a client named; of the tasks of a batch only those that changed after `since`. */
export async function planSubscriptions(
  tenant: string,
  subscriptions: Subscription[],
  since: number | undefined,
  { store, batches, eventLag }: ReplayPorts,
): Promise<ReplayPlan> {
  const changedAfter = since === undefined ? undefined : await eventLag.oldestAfter(since);
  const named = subscriptions.filter(({ kind }) => kind === 'task').map(({ id }) => ({ tenant, taskId: id }));
  const found = named.length > 0 ? await store.getMany(named, { consistent: true }) : [];
  const known = new Set(found.map(({ taskId }) => taskId));
  const hold = holdEvents();
  const tasks = found.map((task) => plannedTask(task, true, hold(task)));
  const plan: ReplayPlan = { tasks, batchIds: [], changedAfter, unknown: [], complete: true };
  for (const { id } of subscriptions.filter(({ kind }) => kind === 'batch')) {
    const batch = await batches.get(tenant, id);
    if (!batch) continue;
    known.add(id);
    plan.batchIds.push(id);
    // It was completed when all of its tasks had ended.
    if (changedAfter !== undefined && (batch.completedAt ?? Infinity) < changedAfter) continue;
    const changed = await listChanged(tenant, { batchId: id }, changedAfter, undefined, store, hold);
    tasks.push(...changed.tasks.filter(({ taskId }) => !known.has(taskId)));
    plan.complete &&= changed.complete;
  }
  tasks.sort(byChange);
  plan.unknown = subscriptions.filter(({ id }) => !known.has(id));
  return plan;
}

/**
 * Plans the replay of the tenant's tasks that changed after `since`, and of their batches. Of tasks that are
 * older than `usualLifeMs` before that a note tells each change.
 */
export async function planSince(
  tenant: string,
  since: number,
  usualLifeMs: number,
  { store, eventLag, lateChanges }: ReplayPorts,
): Promise<ReplayPlan> {
  const changedAfter = await eventLag.oldestAfter(since);
  const createdAfter = changedAfter - usualLifeMs;
  const [changed, late] = await Promise.all([
    listChanged(tenant, {}, changedAfter, createdAfter, store, holdEvents()),
    lateChanges.after(tenant, changedAfter, mostTasks),
  ]);
  const listed = new Set(changed.tasks.map(({ taskId }) => taskId));
  // The newest note of a task comes first.
  const unlisted = new Map(late.map((each) => [each.taskId, each] as const).reverse());
  const tasks = [...unlisted.values()]
    .filter(({ taskId }) => !listed.has(taskId))
    .map(({ taskId, changedAt }) => ({ taskId, changedAt, named: false, open: false, event: undefined }));
  return {
    tasks: [...changed.tasks, ...tasks].sort(byChange),
    batchIds: changed.batchIds,
    complete: changed.complete && late.length < mostTasks,
    changedAfter,
    unknown: [],
  };
}

export interface ReplayPage {
  /** The present state of a part of what is planned. */
  events: ServiceEvent[];
  /** Epoch ms: every change before it was in an earlier page. */
  from: number;
}

/** Reads page by page, each when the one before was sent. */
export async function* replay(
  tenant: string,
  { tasks, batchIds, changedAfter = 0 }: Pick<ReplayPlan, 'tasks' | 'batchIds' | 'changedAfter'>,
  { store, batches }: ReplayPorts,
): AsyncGenerator<ReplayPage> {
  let from = 0;
  const concerned = new Set(batchIds);
  for (let at = 0; at < tasks.length; at += pageSize) {
    const page = tasks.slice(at, at + pageSize);
    from = page[0]?.changedAt ?? from;
    const unread = page.filter(({ event }) => event === undefined);
    const keys = unread.map(({ taskId }) => ({ tenant, taskId }));
    const read = keys.length > 0 ? await store.getMany(keys, { consistent: true }) : [];
    const found = new Map(read.map((task) => [task.taskId, task]));
    const events = page.flatMap(({ taskId, named, event }) => {
      const task = found.get(taskId);
      const isNews = task !== undefined && (named || changedAtOf(task) >= changedAfter);
      const told = event ?? (isNews ? buildTaskEvent(task) : undefined);
      if (told && told.batch_id !== null && !named) concerned.add(told.batch_id);
      return told ?? [];
    });
    yield { events, from };
  }
  const all = [...concerned];
  for (let at = 0; at < all.length; at += batchesAtOnce) {
    const page = all.slice(at, at + batchesAtOnce);
    const found = await Promise.all(page.map((id) => batches.get(tenant, id)));
    yield { events: found.flatMap((batch) => (isCompleted(batch) ? buildBatchEvent(batch) : [])), from };
  }
}

/** Goes through the list, newest first, until a task that was made before `createdAfter`. */
async function listChanged(
  tenant: string,
  filter: TaskListFilter,
  changedAfter: number | undefined,
  createdAfter: number | undefined,
  store: Pick<TaskStore, 'list'>,
  hold: (task: Task) => TaskEvent | undefined,
): Promise<Pick<ReplayPlan, 'tasks' | 'batchIds' | 'complete'>> {
  const found: PlannedTask[] = [];
  const batchIds = new Set<string>();
  const inOrder = () => ({ tasks: found.sort(byChange), batchIds: [...batchIds] });
  let cursor: string | undefined;
  let listed = 0;
  do {
    const page = await store.list(tenant, { ...filter, consistent: true }, pageSize, cursor, withoutPayloads);
    listed += page.tasks.length;
    const young = page.tasks.filter(({ createdAt }) => createdAt >= (createdAfter ?? 0));
    for (const task of young.filter((each) => changedAtOf(each) >= (changedAfter ?? 0))) {
      found.push(plannedTask(task, false, hold(task)));
      if (task.batchId !== null) batchIds.add(task.batchId);
    }
    if (young.length < page.tasks.length) return { ...inOrder(), complete: true };
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && listed < mostTasks);
  return { ...inOrder(), complete: cursor === undefined };
}

function plannedTask(task: Task, named: boolean, event: TaskEvent | undefined): PlannedTask {
  const { taskId, status } = task;
  return { taskId, changedAt: named ? 0 : changedAtOf(task), named, open: !isFinal(status), event };
}

/** Makes events until they are as long together as a plan may hold. */
function holdEvents(): (task: Task) => TaskEvent | undefined {
  let room = heldLength;
  return (task) => {
    if (room <= 0) return undefined;
    const event = buildTaskEvent(task);
    room -= JSON.stringify(event).length;
    return event;
  };
}

function byChange(a: PlannedTask, b: PlannedTask): number {
  return a.changedAt - b.changedAt;
}

function changedAtOf(task: Task): number {
  return task.changedAt ?? task.createdAt;
}

function isCompleted(batch: Batch | undefined): batch is Batch & { completedAt: number } {
  return batch !== undefined && batch.completedAt !== null;
}
