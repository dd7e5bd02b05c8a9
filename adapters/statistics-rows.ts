import * as z from 'zod';
import { latencyEdges } from '../core/providers/latency-histogram.ts';
import { stateWindowMs } from '../core/providers/provider-states.ts';
import type { CallCounts, ProviderCounts, Spending, TenantCounts } from '../core/statistics/statistics.ts';
import type { Amounts } from './dynamo-amounts.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { counter, parseNumbers } from './parse-item.ts';

// The counters of the state table. All numbers are attributes of their own, so that one ADD writes them.

const count = counter;
const calls = { requests: count, errors: count };
const spent = { prompt_tokens: count, completion_tokens: count, cost_usd: count };

/**
 * A provider's counters. Beside them `lat_<edge>` counts successful calls by the edge of their latency in
 * milliseconds, `lat_inf` those above the last, and `err:<code>` failed ones by error code. The sweeper sets the
 * gauges (`queued_…`, `processing`) right. `last_error` is the code of a task error, `updated_at` is epoch milliseconds.
 */
export const ProviderTotalsRow = z.object({
  queued_high: count,
  queued_normal: count,
  queued_low: count,
  processing: count,
  ...calls,
  ...spent,
  latency_sum_ms: count,
  retries: count,
  failovers: count,
  last_error: z.string().optional(),
  updated_at: z.number().optional(),
});
export type ProviderTotalsRow = z.input<typeof ProviderTotalsRow>;

/** Calls of one window, `lat_<edge>` as above. Two rows make a sliding window. `ttl` is epoch seconds. */
export const RecentCallsRow = z.object({ ...calls, ttl: z.number().optional() });
export type RecentCallsRow = z.input<typeof RecentCallsRow>;

/**
 * A tenant's totals. Beside them `type:<name>` and `provider:<name>` count tasks, and `model_<amount>:<provider>/<model>` and
 * `type_<amount>:<name>` what attempts used, by the names of `spendingNames`. `since` is epoch ms.
 */
export const TenantTotalsRow = z.object({
  tasks_queued: count,
  tasks_processing: count,
  tasks_completed: count,
  tasks_failed: count,
  tasks_cancelled: count,
  cache_hits: count,
  cache_misses: count,
  calls: count,
  ...spent,
  since: z.number().optional(),
});
export type TenantTotalsRow = z.input<typeof TenantTotalsRow>;

export const latencyPrefix = 'lat_';
export const codePrefix = 'err:';
export const typePrefix = 'type:';
export const providerPrefix = 'provider:';

export function providerTotalsKey(provider: string): ItemKey {
  return { pk: `PROVIDER#${provider}`, sk: 'STATS' };
}

/** The row of the window that `time` (epoch ms) falls into. */
export function recentCallsKey(provider: string, time: number): ItemKey {
  return { pk: `PROVIDER#${provider}`, sk: `RECENT#${Math.floor(time / stateWindowMs)}` };
}

export function tenantTotalsKey(tenant: string): ItemKey {
  return { pk: `STATS#${tenant}`, sk: 'TOTAL' };
}

export function providerAmounts(counts: ProviderCounts): Amounts<ProviderTotalsRow> {
  return {
    queued_high: counts.queued.high,
    queued_normal: counts.queued.normal,
    queued_low: counts.queued.low,
    processing: counts.processing,
    ...callAmounts(counts.calls),
    prompt_tokens: counts.tokens.prompt,
    completion_tokens: counts.tokens.completion,
    cost_usd: counts.costUsd,
    latency_sum_ms: counts.latencyMs,
    retries: counts.retries,
    failovers: counts.failovers,
    ...prefixed(codePrefix, counts.errorsByCode),
  };
}

export function callAmounts({ requests, errors, latencies }: CallCounts): Amounts<RecentCallsRow> {
  return {
    requests,
    errors,
    ...Object.fromEntries([...latencies].map(([edge, number]) => [latencyPrefix + nameOf(edge), number])),
  };
}

export function tenantAmounts(counts: TenantCounts): Amounts<TenantTotalsRow> {
  return {
    tasks_queued: counts.tasks.queued,
    tasks_processing: counts.tasks.processing,
    tasks_completed: counts.tasks.completed,
    tasks_failed: counts.tasks.failed,
    tasks_cancelled: counts.tasks.cancelled,
    cache_hits: counts.cache.hits,
    cache_misses: counts.cache.misses,
    ...spendingAmounts(counts.spending),
    ...prefixed(typePrefix, counts.byType),
    ...prefixed(providerPrefix, counts.byProvider),
    ...spendingBy('model', counts.byModel),
    ...spendingBy('type', counts.spentByType),
  };
}

/** Attributes of what attempts used. */
const spendingNames = ['calls', 'prompt_tokens', 'completion_tokens', 'cost_usd'] as const;

function spendingAmounts({ calls, promptTokens, completionTokens, costUsd }: Spending) {
  return { calls, prompt_tokens: promptTokens, completion_tokens: completionTokens, cost_usd: costUsd };
}

function spendingBy(group: 'model' | 'type', sums: Record<string, Spending>): Record<string, number> {
  const named = Object.entries(sums).flatMap(([name, spending]) =>
    Object.entries(spendingAmounts(spending)).map(([amount, number]) => [
      `${group}_${amount}:${name}`,
      number,
    ]),
  );
  return Object.fromEntries(named);
}

/** What attempts used by the names in a tenant's row. */
export function spendingFrom(group: 'model' | 'type', item: Item): Record<string, Spending> {
  const [calls, prompt, completion, cost] = spendingNames.map((amount) =>
    parseNumbers(`${group}_${amount}:`, item),
  );
  const names = new Set([calls, prompt, completion, cost].flatMap((numbers = {}) => Object.keys(numbers)));
  const spent = [...names].map((name): [string, Spending] => [
    name,
    {
      calls: calls?.[name] ?? 0,
      promptTokens: prompt?.[name] ?? 0,
      completionTokens: completion?.[name] ?? 0,
      costUsd: cost?.[name] ?? 0,
    },
  ]);
  return Object.fromEntries(spent);
}

/** A histogram by the names of its edges in a row. Edges of another version are left out. */
export function histogramFrom(counts: Record<string, number>): Map<number, number> {
  return new Map(latencyEdges.map((edge): [number, number] => [edge, counts[nameOf(edge)] ?? 0]));
}

function nameOf(edge: number): string {
  return edge === Number.POSITIVE_INFINITY ? 'inf' : String(edge);
}

function prefixed(prefix: string, numbers: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [prefix + name, number]));
}
