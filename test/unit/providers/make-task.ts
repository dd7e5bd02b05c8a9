import type { Task } from '../../../core/task.ts';

export interface TaskOptions extends Partial<Omit<Task, 'config' | 'routing'>> {
  ranking?: string[];
  failover?: boolean;
  config?: Partial<Task['config']>;
}

/** A task whose first attempt is under way. */
export function makeTask({ ranking = ['first'], failover = true, config, ...rest }: TaskOptions = {}): Task {
  return {
    tenant: 'default',
    taskId: 'task_1',
    batchId: null,
    batchIndex: null,
    type: 'custom',
    status: 'processing',
    lastEvent: 'processing',
    version: 2,
    priority: 'normal',
    createdAt: 0,
    startedAt: 0,
    completedAt: null,
    deadlineAt: 60_000,
    attempts: 1,
    providerAttempts: 1,
    hops: 0,
    provider: ranking[0] ?? 'first',
    model: 'model',
    routing: {
      strategy: 'balanced',
      pinned: false,
      excluded: [],
      ranking: ranking.map((provider) => ({
        provider,
        model: `${provider}-model`,
        score: 1,
        reasons: { cost_usd: 0, wait_ms: 0, latency_ms: 0, quality: 1 },
      })),
    },
    config: { maxRetries: 3, failover, strategy: 'balanced', ...config },
    estimatedTokens: 100,
    cacheKey: null,
    result: null,
    resultKey: null,
    error: null,
    metadata: {},
    callbackUrl: null,
    callbackEvents: null,
    ...rest,
  };
}
