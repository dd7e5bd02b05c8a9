import { circuitState } from '../core/circuit-breaker/circuit.ts';
import {
  countCalls,
  type LatencyHistogram,
  mergeHistograms,
  percentile,
} from '../core/providers/latency-histogram.ts';
import {
  latencyBuckets,
  type ProviderState,
  recentWindowKey,
  stateWindowMs,
} from '../core/providers/provider-states.ts';
import type { Item, ItemKey } from './dynamo-table.ts';
import { healthFromItem, healthKey } from './provider-health-item.ts';

/** Fewer recent calls than this say less than all the calls before. */
const fewCalls = 5;

/** The rows that a state is made of. */
export function stateKeys(provider: string, now: number): ItemKey[] {
  const pk = `PROVIDER#${provider}`;
  const windows = [now, now - stateWindowMs].map((time) => ({ pk, sk: recentWindowKey(time) }));
  return [{ pk, sk: 'STATS' }, healthKey(provider), ...windows];
}

/** @param rows of any providers, in any order; those that are missing count as zeros */
export function stateFromItems(provider: string, rows: Item[], now: number): ProviderState {
  const [stats, healthRow, current, previous] = stateKeys(provider, now).map(
    ({ pk, sk }) => rows.find((row) => row.pk === pk && row.sk === sk) ?? {},
  ) as [Item, Item, Item, Item];
  const health = healthFromItem(healthRow);
  const elapsed = (now % stateWindowMs) / stateWindowMs;
  const windows = [
    { row: current, weight: 1, start: now - elapsed * stateWindowMs },
    { row: previous, weight: 1 - elapsed, start: now - (1 + elapsed) * stateWindowMs },
  ];
  const recent = mergeHistograms(windows.map(({ row, weight }) => [histogramOf(row), weight]));
  const histogram = countCalls(recent) >= fewCalls ? recent : histogramOf(stats);
  const isProbeFree = circuitState(health, now) === 'half_open' && (health.probeUntil ?? 0) <= now;
  return {
    name: provider,
    // Counted by the stream: a record counted twice, or one lost, must not show as less than nothing.
    queued: {
      high: gauge(stats, 'queued_high'),
      normal: gauge(stats, 'queued_normal'),
      low: gauge(stats, 'queued_low'),
    },
    processing: gauge(stats, 'processing'),
    requests: number(stats, 'requests'),
    errors: number(stats, 'errors'),
    errorRate: errorRate(windows),
    routingErrorRate: isProbeFree
      ? 0
      : errorRate(windows.filter(({ start }) => start >= (health.closedAt ?? 0))),
    latencyMs: latency(histogram),
    histogram: histogramOf(stats),
    costUsd: number(stats, 'cost_usd'),
    promptTokens: number(stats, 'prompt_tokens'),
    completionTokens: number(stats, 'completion_tokens'),
    circuit: circuitState(health, now),
    blockedUntil: Math.max(health.openUntil ?? 0, health.blockedUntil ?? 0),
    lastError: (stats.last_error as string | undefined) ?? null,
    updatedAt: (stats.updated_at as number | undefined) ?? null,
  };
}

function errorRate(windows: { row: Item; weight: number }[]): number {
  const sum = (name: string) =>
    windows.reduce((total, { row, weight }) => total + number(row, name) * weight, 0);
  const requests = sum('requests');
  return requests > 0 ? Math.min(1, sum('errors') / requests) : 0;
}

function histogramOf(row: Item): LatencyHistogram {
  const counted = latencyBuckets.map((edge): [number, number] => [edge, number(row, `lat_${edge}`)]);
  return new Map([...counted, [Number.POSITIVE_INFINITY, number(row, 'lat_inf')]]);
}

function latency(histogram: LatencyHistogram): ProviderState['latencyMs'] {
  const [p50, p95] = [percentile(histogram, 0.5), percentile(histogram, 0.95)];
  return p50 === undefined || p95 === undefined ? null : { p50, p95 };
}

function number(row: Item, name: string): number {
  return Number(row[name] ?? 0);
}

function gauge(row: Item, name: string): number {
  return Math.max(0, number(row, name));
}
