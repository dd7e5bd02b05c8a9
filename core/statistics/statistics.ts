import type { TaskErrorCode } from '../service-error.ts';
import type { Priority, TaskStatus } from '../tasks/task.ts';

/** What some changes of tasks add to one provider's counters. */
export interface ProviderCounts {
  provider: string;
  /** Gauges: tasks that began to wait or to run, less those that ceased to. */
  queued: Record<Priority, number>;
  processing: number;
  calls: CallCounts;
  errorsByCode: Partial<Record<TaskErrorCode, number>>;
  /** Of the calls without an error, all together. */
  latencyMs: number;
  /** Failed attempts that are tried again here. */
  retries: number;
  /** Tasks that left for another provider. */
  failovers: number;
  /** Of all attempts, also those that failed, as far as the provider told. */
  tokens: TokenCounts;
  costUsd: number;
  /** Code of the last error among the calls. */
  lastError?: TaskErrorCode | undefined;
}

/**
 * Provider calls that ended: attempts that brought a result (one from the cache is no call), and attempts
 * that failed by an error of the provider, whether the task goes on or not.
 */
export interface CallCounts {
  requests: number;
  /** How many of them failed. */
  errors: number;
  /** The others, by the edge of their latency (core/providers/latency-histogram.ts). */
  latencies: Map<number, number>;
}

export interface TokenCounts {
  prompt: number;
  completion: number;
}

/** What some changes of tasks add to one tenant's totals. */
export interface TenantCounts {
  tenant: string;
  /** Tasks that came into a status, less those that left it. */
  tasks: Record<TaskStatus, number>;
  /** Tasks accepted, by type. */
  byType: Record<string, number>;
  /** Tasks completed, by provider. */
  byProvider: Record<string, number>;
  /** Completed tasks that may use the cache, by whether it had their result. */
  cache: { hits: number; misses: number };
  /** Of all attempts, also those that failed, were cancelled or repeated, as far as it is known. */
  spending: Spending;
  /** The same by `provider/model`, whose provider has no slash. */
  byModel: Record<string, Spending>;
  spentByType: Record<string, Spending>;
}

/** What attempts used. An attempt may be two calls: the second asks for a mended answer. */
export interface Spending {
  calls: number;
  promptTokens: number;
  completionTokens: number;
  costUsd: number;
}

/** One tenant's totals since its first task. */
export interface TenantTotals extends Omit<TenantCounts, 'tenant'> {
  /** Epoch ms of the first count; null before it. */
  since: number | null;
}

/** One sum for each provider and each tenant. */
export interface Counts {
  providers: ProviderCounts[];
  tenants: TenantCounts[];
}

export interface Statistics {
  readTenant(tenant: string): Promise<TenantTotals>;
}
