import type { Task } from '../core/tasks/task.ts';

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
