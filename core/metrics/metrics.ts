import type { TaskErrorCode } from '../service-error.ts';
import type { TokenCounts } from '../statistics/statistics.ts';
import type { FinalStatus, Priority } from '../tasks/task.ts';
import type { DeliveryOutcome } from '../webhooks/deliver-webhook.ts';

/** Numbers by the upper edge of their bucket in milliseconds, not cumulative; the last edge is infinite. */
export interface Histogram {
  buckets: ReadonlyMap<number, number>;
  sumMs: number;
}

/** What ended tasks add to the totals of the whole service, whoever they belong to. */
export interface TaskTotals {
  /** By type and final status. */
  ended: Record<string, Partial<Record<FinalStatus, number>>>;
  /** From acceptance to the end. */
  durations: Record<FinalStatus, Histogram>;
  /** From acceptance to the first start. */
  waits: Record<Priority, Histogram>;
  /** Completed tasks that may use the cache, by whether it had their result. */
  cache: { hits: number; misses: number };
  /** How late the oldest event of the last batch was sent; null before the first. */
  lagMs: number | null;
}

/** What is counted of one provider (core/statistics/statistics.ts), since the first count. */
export interface ProviderTotals {
  provider: string;
  queued: Record<Priority, number>;
  processing: number;
  requests: number;
  errorsByCode: Partial<Record<TaskErrorCode, number>>;
  /** Of successful calls. */
  latencies: Histogram;
  retries: number;
  failovers: number;
  tokens: TokenCounts;
  costUsd: number;
}

export const repairKinds = ['tickets', 'messages', 'slots', 'woken', 'counts'] as const;
/** What the sweeper repairs: members of its report (core/scheduling/sweep.ts). */
export type RepairKind = (typeof repairKinds)[number];

export const deliveryOutcomes = [
  'delivered',
  'retrying',
  'rejected',
  'dead',
] as const satisfies DeliveryOutcome['status'][];

/** Tries to deliver a webhook, by what came of them. */
export type Webhooks = Record<DeliveryOutcome['status'], number>;

export interface ServiceTotals {
  tasks: TaskTotals;
  webhooks: Webhooks;
  repairs: Record<RepairKind, number>;
  /** Those that were never counted have zeros. */
  providers: ProviderTotals[];
}

/** Totals of the whole service. They only grow, and outlive every process. */
export interface MetricsStore {
  addWebhooks(webhooks: Webhooks): Promise<void>;
  addRepairs(repairs: Record<RepairKind, number>): Promise<void>;
  read(providers: readonly string[]): Promise<ServiceTotals>;
}
