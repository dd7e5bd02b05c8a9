import type { AttemptRecord, Task, TaskResult } from '../core/tasks/task.ts';

export const start = Date.UTC(2026, 0, 1);

/** A queued task of version 1; the members given replace its own. */
export function makeTask(members: Partial<Task> = {}): Task {
  return {
    tenant: 'default',
    taskId: 'task_0b7e',
    batchId: null,
    batchIndex: null,
    type: 'translation',
    status: 'queued',
    lastEvent: 'queued',
    version: 1,
    priority: 'normal',
    createdAt: start,
    startedAt: null,
    completedAt: null,
    changedAt: start,
    deadlineAt: start + 60_000,
    attempts: 0,
    providerAttempts: 0,
    failovers: 0,
    revision: 0,
    notBefore: null,
    timeline: [],
    provider: 'kimi',
    model: 'k2',
    routing: null,
    config: { maxRetries: 3, failover: true, strategy: 'balanced' },
    estimatedTokens: 100,
    cacheKey: null,
    result: null,
    resultKey: null,
    error: null,
    metadata: {},
    callbackUrl: null,
    callbackEvents: null,
    ...members,
  };
}

export function processing(members: Partial<Task> = {}): Task {
  const changes: Partial<Task> = { status: 'processing', lastEvent: 'processing', version: 2, attempts: 1 };
  return makeTask({ ...changes, startedAt: start + 10, changedAt: start + 10, ...members });
}

/** The record of the attempt by which a task of these ended; the members given replace its own. */
export function attempt(members: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    attempt: 1,
    provider: 'kimi',
    model: 'k2',
    waitedFor: null,
    startedAt: start + 88,
    endedAt: start + 900,
    outcome: 'completed',
    code: null,
    usage: { promptTokens: 10, completionTokens: 20 },
    costUsd: 0.5,
    ...members,
  };
}

/** A small result; the members given replace its own. */
export function makeResult(members: Partial<TaskResult> = {}): TaskResult {
  return {
    content: 'ja',
    finishReason: 'stop',
    cached: false,
    usage: { promptTokens: 1, completionTokens: 1 },
    costUsd: 0,
    latencyMs: 1,
    ...members,
  };
}

const broken = { outcome: 'failed', code: 'provider_error', usage: null, costUsd: 0 } as const;

export function completed(members: Partial<Task> = {}): Task {
  return processing({
    status: 'completed',
    lastEvent: 'completed',
    version: 3,
    completedAt: start + 900,
    changedAt: start + 900,
    timeline: [attempt()],
    result: makeResult({
      usage: { promptTokens: 10, completionTokens: 20 },
      costUsd: 0.5,
      latencyMs: 812,
    }),
    ...members,
  });
}

export function failed(members: Partial<Task> = {}): Task {
  return processing({
    status: 'failed',
    lastEvent: 'failed',
    version: 3,
    completedAt: start + 900,
    changedAt: start + 900,
    timeline: [attempt(broken)],
    error: { code: 'provider_error', message: 'it broke', provider: 'kimi', retryable: false },
    ...members,
  });
}
