import type { Task } from '../../../../client/wire.ts';

/** A task as it is read: completed, unless told otherwise. */
export function makeTask(task_id: string, changes: Partial<Task> = {}): Task {
  return {
    task_id,
    batch_id: null,
    type: 'custom',
    status: 'completed',
    priority: 'high',
    created_at: '2026-11-26T00:00:00.000Z',
    started_at: '2026-11-26T00:00:02.000Z',
    completed_at: '2026-11-26T00:00:05.000Z',
    attempts: 1,
    provider: 'kimi',
    model: 'kimi-k2.6',
    routing: null,
    cost_usd: 0.0002,
    result: {
      content: 'Rhine',
      finish_reason: 'stop',
      cached: false,
      usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
      cost_usd: 0.001,
      latency_ms: 800,
    },
    error: null,
    metadata: {},
    ...changes,
  };
}
