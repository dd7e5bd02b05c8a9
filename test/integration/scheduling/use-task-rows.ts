import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { createDynamoTaskStore, type DynamoTaskStoreOptions } from '../../../adapters/dynamo-task-store.ts';
import { metaKey } from '../../../adapters/task-rows.ts';
import type { AttemptRecord, Task, TaskResult } from '../../../core/tasks/task.ts';
import { startStateTable } from '../providers/start-state-table.ts';
import { loseAnswers } from './lose-answers.ts';
import { newTask } from './start-stores.ts';

export const now = 1_800_000_000_000;
export const leaseMs = 45_000;
export const elsewhere = { provider: 'qwen', model: 'q3' };
export const error = {
  code: 'provider_error',
  message: 'no',
  provider: 'kimi',
  retryable: true,
} as const;
export const result: TaskResult = {
  content: 'done',
  finishReason: 'stop',
  cached: false,
  usage: { promptTokens: 3, completionTokens: 1 },
  costUsd: 0.001,
  latencyMs: 12,
};

/** The rows of tasks in a table of the test file's own, without its indexes, and a bucket in memory. */
export function useTaskRows() {
  const cleanups: (() => Promise<void>)[] = [];
  const objects = new Map<string, string>();
  const payloads = {
    put: async (key: string, text: string) => void objects.set(key, text),
    delete: async (key: string) => void objects.delete(key),
    get: async (key: string) => objects.get(key),
  };
  let table: DynamoTable;
  let endpoint: string;
  before(async () => {
    ({ table, endpoint } = await startStateTable({ after: (clean) => cleanups.push(clean) }));
  });
  after(() => Promise.all(cleanups.map((clean) => clean())));

  const open = (options: Partial<DynamoTaskStoreOptions> = {}) =>
    createDynamoTaskStore({ table, payloads, retentionMs: 86_400_000, ...options });
  /** @param claimant a name that no other invocation has */
  const claimAs = (claimant: string, task: Task, at = now, store = open()) =>
    store.claim(task, task.provider, claimant, at, at + leaseMs);

  return {
    open,
    openAfterLostAnswers: () => open({ table: loseAnswers(table) }),
    objects,
    table: () => table,
    endpoint: () => endpoint,
    async create(members: Partial<Task> = {}): Promise<Task> {
      const created = newTask({ createdAt: now, deadlineAt: now + 900_000, changedAt: now, ...members });
      await open().create([created]);
      return created.task;
    },
    claimAs,
    async claim(task: Task, at = now, store = open()): Promise<Task> {
      const outcome = await claimAs(randomUUID(), task, at, store);
      if (outcome.kind !== 'claimed') throw new Error(`The claim found the task ${outcome.kind}`);
      return outcome.task;
    },
    async read(task: Task): Promise<Task> {
      const found = await open().get(task);
      if (!found) throw new Error('The task is gone');
      return found;
    },
    rowOf: async (task: Task) => (await table.get(metaKey(task), { consistent: true })) ?? {},
  };
}

export function recordOf(task: Task, endedAt: number, members: Partial<AttemptRecord> = {}): AttemptRecord {
  const { attempts: attempt, provider, model } = task;
  const usage = { promptTokens: 3, completionTokens: 1 };
  const told = { outcome: 'completed', code: null, usage, costUsd: 0.001 } as const;
  return {
    attempt,
    provider,
    model,
    waitedFor: 'tokens',
    startedAt: endedAt - 10,
    endedAt,
    ...told,
    ...members,
  };
}
