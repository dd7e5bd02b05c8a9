import type { BatchAnswers, RejectedTask } from '../../core/batches/batch-answers.ts';
import type { BatchStore, NewBatch } from '../../core/batches/batch-store.ts';
import type { ProviderState, ProviderStates } from '../../core/providers/provider-states.ts';
import type { ResultCache } from '../../core/result-cache/result-cache.ts';
import type { QueuedTask } from '../../core/scheduling/task-message.ts';
import type { TaskQueues } from '../../core/scheduling/task-queues.ts';
import { type FirstRequest, type IdempotencyKeys, idempotencyMs } from '../../core/tasks/idempotency.ts';
import { isFinal, type Task, type TaskKey, type TaskResult } from '../../core/tasks/task.ts';
import type { NewTask, TaskStore } from '../../core/tasks/task-store.ts';
import { createTenantGate, type TenantGate } from '../../core/tenants/tenant-gate.ts';
import { unlimited } from '../../core/tenants/tenant-limits.ts';

type StoredTask = NewTask & { requestHash?: string };

/** What a request changes and reads of the table of tasks, in memory. */
export interface MemoryTasks
  extends Pick<
    TaskStore,
    'create' | 'createOnce' | 'get' | 'getMany' | 'readInput' | 'expire' | 'cancel' | 'reprioritize' | 'erase'
  > {
  stored: Map<string, StoredTask>;
}

export function createMemoryTasks(): MemoryTasks {
  const stored = new Map<string, StoredTask>();
  const find = ({ tenant, taskId }: TaskKey) => {
    const found = stored.get(taskId);
    return found?.task.tenant === tenant ? found : undefined;
  };
  const change = (key: TaskKey, changes: Partial<Task>): Task => {
    const found = find(key);
    if (!found) throw new Error('no such task');
    found.task = { ...found.task, ...changes, version: found.task.version + 1 };
    return found.task;
  };
  return {
    stored,
    async create(tasks) {
      for (const task of tasks) stored.set(task.task.taskId, { ...task });
    },
    async createOnce(task, requestHash) {
      const found = find(task.task);
      if (found) return { created: false, task: found.task, requestHash: found.requestHash ?? '' };
      stored.set(task.task.taskId, { ...task, requestHash });
      return { created: true, task: task.task, requestHash };
    },
    get: async (key) => find(key)?.task,
    getMany: async (keys) => keys.flatMap((key) => find(key)?.task ?? []),
    readInput: async (key) => find(key)?.input,
    async erase(key) {
      const found = find(key);
      if (found && isFinal(found.task.status))
        stored.set(key.taskId, { task: { ...found.task, result: null }, input: { prompt: null } });
    },
    async expire(key, now) {
      const task = find(key)?.task;
      if (!task || isFinal(task.status) || task.deadlineAt > now) return false;
      const error = { code: 'timeout', message: 'too late', provider: null, retryable: false } as const;
      change(key, { status: 'failed', lastEvent: 'failed', completedAt: now, error });
      return true;
    },
    async cancel(key, now) {
      const task = find(key)?.task;
      if (!task) return undefined;
      if (isFinal(task.status)) return { kind: 'ended', task };
      return {
        kind: 'cancelled',
        task: change(key, { status: 'cancelled', lastEvent: 'cancelled', completedAt: now }),
      };
    },
    async reprioritize(key, priority, revision) {
      const found = find(key);
      if (!found) return undefined;
      const { task } = found;
      // The change was made by an earlier try, whose answer was lost.
      const isOwnRepeat = task.revision === revision + 1 && task.priority === priority;
      if (task.status !== 'queued' || task.revision !== revision) return { changed: isOwnRepeat, task };
      found.task = { ...task, priority, revision: revision + 1 };
      return { changed: true, task: found.task };
    },
  };
}

export function createMemoryKeys(): IdempotencyKeys {
  const firsts = new Map<string, FirstRequest>();
  const known = (name: string, now: number) => {
    const first = firsts.get(name);
    return first && first.madeAt + idempotencyMs > now ? first : undefined;
  };
  return {
    find: async (scope, tenant, key, now) => known(`${scope} ${tenant} ${key}`, now),
    async take(scope, tenant, key, request) {
      const name = `${scope} ${tenant} ${key}`;
      const first = known(name, request.madeAt) ?? request;
      firsts.set(name, first);
      return first;
    },
  };
}

/** Batches and how they were answered. */
export function createMemoryBatches() {
  const stored = new Map<string, NewBatch>();
  const rejections = new Map<string, readonly RejectedTask[]>();
  const batches: Pick<BatchStore, 'create'> = {
    async create(batch) {
      const found = stored.get(batch.batchId);
      if (!found) stored.set(batch.batchId, batch);
      return (found ?? batch).seed === batch.seed;
    },
  };
  const answers: BatchAnswers = {
    keepRejected: async ({ seed }, rejected) => void rejections.set(seed, rejected),
    async find(_tenant, batchId) {
      const seed = stored.get(batchId)?.seed;
      return seed === undefined ? undefined : { seed, rejected: rejections.get(seed) ?? [] };
    },
  };
  return { stored, batches, answers };
}

export function createMemoryQueues(): Pick<TaskQueues, 'enqueue'> & { sent: QueuedTask[] } {
  const sent: QueuedTask[] = [];
  return {
    sent,
    async enqueue(tasks) {
      sent.push(...tasks);
    },
  };
}

export function createMemoryCache(results: Map<string, TaskResult> = new Map()): Pick<ResultCache, 'read'> {
  return { read: async (cacheKey) => results.get(cacheKey) };
}

/** A gate for tenants without limits: it asks nothing of anybody. */
export function createOpenGate(): TenantGate {
  const never = () => Promise.reject(new Error('asked for nothing'));
  return createTenantGate({
    limitsOf: unlimited,
    rates: { take: never },
    queue: { countWaiting: never, hasOpen: never, noteAccepted: () => {} },
    budgets: { reserve: never, settle: never },
  });
}

/** Live state of providers that have done nothing yet but hold what waits. */
export function createMemoryStates(queued: Record<string, number>): ProviderStates {
  const states = new Map(Object.entries(queued).map(([name, count]) => [name, idleState(name, count)]));
  return {
    read: async () => states,
    noteAccepted(provider, priority, count = 1) {
      const state = states.get(provider);
      if (state) state.queued[priority] += count;
    },
  };
}

function idleState(name: string, normal: number): ProviderState {
  return {
    name,
    queued: { high: 0, normal, low: 0 },
    processing: 0,
    requests: 0,
    errors: 0,
    errorRate: 0,
    latencyMs: null,
    costUsd: 0,
    promptTokens: 0,
    completionTokens: 0,
    circuit: 'closed',
    blockedUntil: 0,
    countedAt: 0,
    hold: null,
    lastError: null,
    updatedAt: null,
    routingErrorRate: 0,
    histogram: new Map(),
  };
}
