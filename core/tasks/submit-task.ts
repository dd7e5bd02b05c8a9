import type { ProviderStates } from '../providers/provider-states.ts';
import { asAnswered } from '../result-cache/cached-result.ts';
import type { ResultCache } from '../result-cache/result-cache.ts';
import { createNewQueue } from '../scheduling/carried-tasks.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import type { TenantGate } from '../tenants/tenant-gate.ts';
import { checkQueueSpace } from './check-queue-space.ts';
import { findFirst, hashKeyed, type IdempotencyKeys, takeKey } from './idempotency.ts';
import { prepareTask, type SubmissionRules } from './prepare-task.ts';
import type { Task, TaskStatus } from './task.ts';
import type { NewTask, TaskStore } from './task-store.ts';

export interface SubmitTaskPorts {
  tasks: Pick<TaskStore, 'create' | 'createOnce' | 'get'>;
  keys: IdempotencyKeys;
  queues: Pick<TaskQueues, 'enqueue'>;
  states: ProviderStates;
  cache: Pick<ResultCache, 'read'>;
  gate: TenantGate;
}

export interface Submission {
  tenant: string;
  body: unknown;
  /** A fresh UUID for the task, used unless its Idempotency-Key has one already. */
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
 * ServiceError `invalid_request`, `forbidden`, `rate_limited`, `queue_full`, `budget_exceeded`, `no_provider_available`,
 * `idempotency_key_reused`.
 */
export async function submitTask(
  submission: Submission,
  rules: SubmissionRules,
  ports: SubmitTaskPorts,
): Promise<SubmittedTask> {
  const { tenant, body, idempotencyKey, now } = submission;
  const request = { tenant, idempotencyKey, requestHash: hashKeyed(body, idempotencyKey), now };
  const first = await findFirst(ports.keys, 'task', request);
  // Before anything else: an accepted request has its answer, whatever is true by now.
  const made = first && (await ports.tasks.get({ tenant, taskId: `task_${first.uuid}` }));
  if (made) return { taskId: made.taskId, status: firstStatus(made) };

  const states = await ports.states.read();
  await ports.gate.checkRate(tenant, now);
  const uuid = first?.uuid ?? submission.uuid;
  const identity = { tenant, taskId: `task_${uuid}`, batchId: null, batchIndex: null, now };
  const prepared = await prepareTask(body, identity, rules, states);
  const cached = await fromCache(prepared, ports.cache, now);
  if (!cached) {
    checkQueueSpace(states, 1, rules.maxQueueSize);
    await ports.gate.checkWaiting(tenant, 1, now);
  }

  const taskId = `task_${await takeKey(ports.keys, 'task', request, uuid)}`;
  const checked = cached ?? prepared;
  const named = { ...checked, task: { ...checked.task, taskId } };
  const [paid = named] = cached ? [] : await ports.gate.reserve([named], now);
  const { task, created } = await storeTask(paid, request, ports.tasks);
  if (!created && task.deadlineAt !== paid.task.deadlineAt) await ports.gate.release([paid]);
  if (created && task.status === 'queued') {
    await ports.queues.enqueue(createNewQueue(states, rules.carrying, now)([task]));
    ports.states.noteAccepted(task.provider, task.priority);
  }
  return { taskId, status: firstStatus(task) };
}

/** What the first answer said: only a cache hit is completed in its first version. */
function firstStatus(task: Task): TaskStatus {
  return task.version === 1 ? task.status : 'queued';
}

/** `created` false: an equal request with the same key had made it before. */
export async function storeTask(
  task: NewTask,
  { idempotencyKey, requestHash }: { idempotencyKey: string | undefined; requestHash: string },
  tasks: Pick<TaskStore, 'create' | 'createOnce'>,
): Promise<{ task: Task; created: boolean }> {
  if (idempotencyKey !== undefined) return tasks.createOnce(task, requestHash);
  await tasks.create([task]);
  return { task: task.task, created: true };
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
