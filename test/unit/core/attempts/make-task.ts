import type { Task } from '../../../../core/tasks/task.ts';
import { makeTask as base } from '../../../make-task.ts';

export interface TaskOptions extends Partial<Omit<Task, 'config' | 'routing'>> {
  ranking?: string[];
  failover?: boolean;
  config?: Partial<Task['config']>;
}

/** A task whose first attempt is under way. */
export function makeTask({ ranking = ['first'], failover = true, config, ...rest }: TaskOptions = {}): Task {
  return {
    ...base({ type: 'custom', status: 'processing', lastEvent: 'processing', version: 2 }),
    createdAt: 0,
    startedAt: 0,
    deadlineAt: 60_000,
    attempts: 1,
    providerAttempts: 1,
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
    ...rest,
  };
}
