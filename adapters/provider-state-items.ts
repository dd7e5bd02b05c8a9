import type * as z from 'zod';
import { circuitState, holdOf } from '../core/circuit-breaker/circuit.ts';
import {
  countCalls,
  type LatencyHistogram,
  mergeHistograms,
  percentile,
} from '../core/providers/latency-histogram.ts';
import { type ProviderState, stateWindowMs } from '../core/providers/provider-states.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { parseItem, parseNumbers } from './parse-item.ts';
import { healthFromItem, healthKey, modelsFromItem } from './provider-health-item.ts';
import {
  histogramFrom,
  latencyPrefix,
  ProviderTotalsRow,
  providerTotalsKey,
  RecentCallsRow,
  recentCallsKey,
} from './statistics-rows.ts';

/** Fewer recent calls than this say less than all the calls before. */
const fewCalls = 5;

function rowKeys(provider: string, now: number) {
  return {
    totals: providerTotalsKey(provider),
    health: healthKey(provider),
    current: recentCallsKey(provider, now),
    previous: recentCallsKey(provider, now - stateWindowMs),
  };
}

/** The rows that a state is made of. */
export function stateKeys(provider: string, now: number): ItemKey[] {
  return Object.values(rowKeys(provider, now));
}

/** The stream counts a change about this long after it was made. */
export const countLagMs = 1_000;

/** @param items of any providers, in any order; those that are missing count as zeros */
export function stateFromItems(provider: string, items: Item[], now: number): ProviderState {
  const keys = rowKeys(provider, now);
  const find = ({ pk, sk }: ItemKey) => items.find((item) => item.pk === pk && item.sk === sk);
  const totals = readCalls(ProviderTotalsRow, find(keys.totals));
  const health = healthFromItem(find(keys.health));
  const elapsed = (now % stateWindowMs) / stateWindowMs;
  const windows = [
    {
      calls: readCalls(RecentCallsRow, find(keys.current)),
      weight: 1,
      start: now - elapsed * stateWindowMs,
    },
    {
      calls: readCalls(RecentCallsRow, find(keys.previous)),
      weight: 1 - elapsed,
      start: now - (1 + elapsed) * stateWindowMs,
    },
  ];
  const recent = mergeHistograms(windows.map(({ calls, weight }) => [calls.latencies, weight]));
  const isProbeFree = circuitState(health, now) === 'half_open' && (health.probeUntil ?? 0) <= now;
  return {
    name: provider,
    // Counted by the stream: a record counted twice, or one lost, must not show as less than nothing.
    queued: {
      high: Math.max(0, totals.queued_high),
      normal: Math.max(0, totals.queued_normal),
      low: Math.max(0, totals.queued_low),
    },
    processing: Math.max(0, totals.processing),
    requests: totals.requests,
    errors: totals.errors,
    errorRate: errorRate(windows),
    routingErrorRate: isProbeFree
      ? 0
      : errorRate(windows.filter(({ start }) => start >= (health.closedAt ?? 0))),
    latencyMs: latency(countCalls(recent) >= fewCalls ? recent : totals.latencies),
    histogram: totals.latencies,
    costUsd: totals.cost_usd,
    promptTokens: totals.prompt_tokens,
    completionTokens: totals.completion_tokens,
    circuit: circuitState(health, now),
    blockedUntil: Math.max(health.openUntil ?? 0, health.blockedUntil ?? 0),
    hold: holdOf(health, now) ?? null,
    models: modelsFromItem(find(keys.health)),
    lastError: totals.last_error ?? null,
    updatedAt: totals.updated_at ?? null,
    countedAt: now - countLagMs,
  };
}

/** A row that counts calls, and its histogram. */
function readCalls<Row extends z.ZodObject>(schema: Row, item: Item = {}) {
  const kind = "The row of a provider's calls";
  const latencies: LatencyHistogram = histogramFrom(parseNumbers(latencyPrefix, item));
  return { ...parseItem(kind, schema, item), latencies };
}

function errorRate(windows: { calls: z.output<typeof RecentCallsRow>; weight: number }[]): number {
  const sum = (name: 'requests' | 'errors') =>
    windows.reduce((total, { calls, weight }) => total + calls[name] * weight, 0);
  const requests = sum('requests');
  return requests > 0 ? Math.min(1, sum('errors') / requests) : 0;
}

function latency(histogram: LatencyHistogram): ProviderState['latencyMs'] {
  const [p50, p95] = [percentile(histogram, 0.5), percentile(histogram, 0.95)];
  return p50 === undefined || p95 === undefined ? null : { p50, p95 };
}
