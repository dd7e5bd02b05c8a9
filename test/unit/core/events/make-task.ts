import type { Task } from '../../../../core/tasks/task.ts';
import { makeTask, start } from '../../../make-task.ts';

export { makeTask, start };

export function processing(members: Partial<Task> = {}): Task {
  const changes: Partial<Task> = { status: 'processing', lastEvent: 'processing', version: 2, attempts: 1 };
  return makeTask({ ...changes, startedAt: start + 10, changedAt: start + 10, ...members });
}

export function completed(members: Partial<Task> = {}): Task {
  return processing({
    status: 'completed',
    lastEvent: 'completed',
    version: 3,
    completedAt: start + 900,
    changedAt: start + 900,
    result: {
      content: 'ja',
      finishReason: 'stop',
      cached: false,
      usage: { promptTokens: 10, completionTokens: 20 },
      costUsd: 0.5,
      latencyMs: 812,
    },
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
    error: { code: 'provider_error', message: 'it broke', provider: 'kimi', retryable: false },
    ...members,
  });
}
