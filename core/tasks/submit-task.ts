import type { ProviderStates } from '../providers/provider-states.ts';
import { asAnswered } from '../result-cache/cached-result.ts';
import type { ResultCache } from '../result-cache/result-cache.ts';
import { toQueuedTask } from '../scheduling/task-message.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import { checkQueueSpace } from './check-queue-space.ts';
import { hashRequest, idempotencyKeyReused, idempotencyMs, idsOfKey } from './idempotency.ts';
import { prepareTask, type SubmissionRules } from './prepare-task.ts';
import type { Task, TaskStatus } from './task.ts';
import type { NewTask, TaskStore } from './task-store.ts';

export interface SubmitTaskPorts {
  tasks: Pick<TaskStore, 'create' | 'createOnce'>;
  queues: Pick<TaskQueues, 'enqueue'>;
  states: ProviderStates;
  cache: Pick<ResultCache, 'read'>;
}

export interface Submission {
  tenant: string;
  body: unknown;
  /** A fresh UUID for the task, used unless an idempotency key names it. */
  uuid: string;
  idempotencyKey: string | undefined;
  now: number;
}

export interface SubmittedTask {
  taskId: string;
  /** As the first answer said: `queued`, or `completed` for a cache hit. */
  status: TaskStatus;
}

/**
 * Accepts a task. When this returns, the task is stored and queued, so it ends whatever happens next. Throws
 * ServiceError `invalid_request`, `queue_full`, `no_provider_available`, `idempotency_key_reused`.
 */
export async function submitTask(
  submission: Submission,
  rules: SubmissionRules,
  ports: SubmitTaskPorts,
): Promise<SubmittedTask> {
  const { tenant, body, uuid, now } = submission;
  const states = await ports.states.read();
  const identity = { tenant, taskId: `task_${uuid}`, batchId: null, batchIndex: null, now };
  const prepared = await prepareTask(body, identity, rules, states);
  const cached = await fromCache(prepared, ports.cache, now);
  if (!cached) checkQueueSpace(states, 1, rules.maxQueueSize);

  const { task, created } = await store(cached ?? prepared, submission, ports.tasks);
  if (created && task.status === 'queued') {
    await ports.queues.enqueue([toQueuedTask(task)]);
    ports.states.noteAccepted(task.provider, task.priority);
  }
  return { taskId: task.taskId, status: firstStatus(task) };
}

/** What the first answer said: only a cache hit is completed in its first version. */
function firstStatus(task: Task): TaskStatus {
  return task.version === 1 ? task.status : 'queued';
}

async function store(
  prepared: NewTask,
  { tenant, body, idempotencyKey, now }: Submission,
  tasks: SubmitTaskPorts['tasks'],
): Promise<{ task: Task; created: boolean }> {
  if (idempotencyKey === undefined) {
    await tasks.create([prepared]);
    return { task: prepared.task, created: true };
  }
  const requestHash = hashRequest(body);
  for (const taskId of idsOfKey(tenant, idempotencyKey)) {
    const named = { ...prepared, task: { ...prepared.task, taskId } };
    const outcome = await tasks.createOnce(named, requestHash);
    if (!outcome.created && outcome.task.createdAt + idempotencyMs <= now) continue;
    if (outcome.requestHash !== requestHash) throw idempotencyKeyReused();
    return outcome;
  }
  throw new Error('An endless list ended');
}

/** The task as a cached result ends it; undefined: there is none. */
export async function fromCache(
  { task, input }: NewTask,
  cache: SubmitTaskPorts['cache'],
  now: number,
): Promise<NewTask | undefined> {
  if (task.cacheKey === null) return undefined;
  const result = await cache.read(task.cacheKey, now);
  if (!result) return undefined;
  return { input, task: asAnswered(task, result, now) };
}
