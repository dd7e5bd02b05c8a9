import type { Batch } from '../batch.ts';
import type { CompletedBatch } from '../ports/batch-progress.ts';
import type { BatchStore } from '../ports/batch-store.ts';
import type { Topic } from '../ports/connections.ts';
import type { TaskListFilter, TaskStore } from '../ports/task-store.ts';
import { isFinal, type Task } from '../task.ts';
import { buildBatchEvent, buildTaskEvent, type ServiceEvent } from './build-event.ts';

export interface ReplayPorts {
  store: Pick<TaskStore, 'getMany' | 'list'>;
  batches: Pick<BatchStore, 'get'>;
}

export interface Replay {
  /** The present state of each task and batch, the oldest change first. */
  events: ServiceEvent[];
  /** Topics that this tenant does not have. */
  unknown: Topic[];
  /** False where there was more than a replay holds: the client should list over HTTP. */
  complete: boolean;
}

/** Tasks of a replay of everything; a batch has no more than this. */
const mostTasks = 1000;
const pageSize = 100;
/** For clients whose clock, by which they say `since`, is not ours. */
const clockMarginMs = 5_000;

/** The present state of what a client named; of a batch, of its tasks too, those that ended before `since` left out. */
export async function replayTopics(
  tenant: string,
  topics: Topic[],
  since: number | undefined,
  { store, batches }: ReplayPorts,
): Promise<Replay> {
  const named = topics.filter(({ kind }) => kind === 'task').map(({ id }) => ({ tenant, taskId: id }));
  const tasks = await store.getMany(named, { consistent: true });
  const known = new Set(tasks.map(({ taskId }) => taskId));
  const completed: CompletedBatch[] = [];
  const batchTopics = topics.filter(({ kind }) => kind === 'batch');
  let complete = true;
  for (const { id } of batchTopics) {
    const batch = await batches.get(tenant, id);
    if (!batch) continue;
    known.add(id);
    if (isCompleted(batch)) completed.push(batch);
    const members = await listChanged(tenant, { batchId: id }, since, undefined, store);
    tasks.push(...members.tasks.filter(({ taskId }) => !known.has(taskId)));
    complete &&= members.complete;
  }
  return {
    events: [...inOrder(tasks), ...completed.map(buildBatchEvent)],
    unknown: topics.filter(({ id }) => !known.has(id)),
    complete,
  };
}

/** The present state of the tenant's tasks that changed after `since`. A task changes no later than `longestTaskMs` after it was made. */
export async function replaySince(
  tenant: string,
  since: number,
  longestTaskMs: number,
  { store }: ReplayPorts,
): Promise<Replay> {
  const { tasks, complete } = await listChanged(tenant, {}, since, since - longestTaskMs, store);
  return { events: inOrder(tasks), unknown: [], complete };
}

/** Newest first until a task was made before `createdAfter`. */
async function listChanged(
  tenant: string,
  filter: TaskListFilter,
  since: number | undefined,
  createdAfter: number | undefined,
  store: Pick<TaskStore, 'getMany' | 'list'>,
): Promise<{ tasks: Task[]; complete: boolean }> {
  const tasks: Task[] = [];
  let cursor: string | undefined;
  let listed = 0;
  do {
    const page = await store.list(tenant, filter, pageSize, cursor);
    listed += page.tasks.length;
    const young = page.tasks.filter(({ createdAt }) => createdAt >= (createdAfter ?? 0) - clockMarginMs);
    tasks.push(...(await refresh(young)).filter((task) => changedSince(task, since)));
    if (young.length < page.tasks.length) return { tasks, complete: true };
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && listed < mostTasks);
  return { tasks, complete: cursor === undefined };

  /** A list may lag behind: what it shows as open is read again, what has ended stays as it is. */
  async function refresh(page: Task[]): Promise<Task[]> {
    const open = page.filter(({ status }) => !isFinal(status));
    const fresh = await store.getMany(open, { consistent: true });
    return [...page.filter(({ status }) => isFinal(status)), ...fresh];
  }
}

function changedSince(task: Task, since: number | undefined): boolean {
  return since === undefined || !isFinal(task.status) || (task.completedAt ?? 0) >= since - clockMarginMs;
}

function inOrder(tasks: Task[]): ServiceEvent[] {
  const changedAt = (task: Task) => task.changedAt ?? task.createdAt;
  return tasks.sort((a, b) => changedAt(a) - changedAt(b)).map(buildTaskEvent);
}

function isCompleted(batch: Batch): batch is CompletedBatch {
  return batch.completedAt !== null;
}
