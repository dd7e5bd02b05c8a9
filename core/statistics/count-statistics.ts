import type { Change } from '../events/change.ts';
import { latencyEdge } from '../providers/latency-histogram.ts';
import type { AttemptRecord, Task, TaskResult } from '../tasks/task.ts';
import { countTenant, countTenantUse, newTenant } from './count-tenant.ts';
import { countable } from './countable.ts';
import { newAttempts } from './new-attempts.ts';
import type { Counts, ProviderCounts } from './statistics.ts';

/**
 * What changes of tasks add to the counters: one sum for each provider and each tenant. Tokens and cost are those of every
 * attempt that ended, in whichever way.
 *
 * @param models `provider/model` of those that are counted by their names
 */
export function countStatistics(changes: readonly Change[], models: ReadonlySet<string>): Counts {
  const providers = createSums(newProvider);
  const tenants = createSums(newTenant);
  for (const change of changes) {
    if (change.kind !== 'task') continue;
    const { before, after } = change;
    if (before && isOpen(before)) moveGauge(providers.of(before.provider), before, -1);
    if (isOpen(after)) moveGauge(providers.of(after.provider), after, 1);
    const attempts = newAttempts(before, after);
    for (const attempt of attempts) {
      countUse(providers.of(attempt.provider), attempt);
      countTenantUse(tenants.of(after.tenant), after.type, attempt, models);
    }
    if (before?.version === after.version) continue;
    const { lastEvent, result, error } = after;
    if (lastEvent === 'completed' && result && !result.cached)
      countSuccess(providers.of(after.provider), result);
    // Without an attempt the error is an old one, or stands for workers that were lost.
    const isEnd = attempts.length > 0 && (lastEvent === 'retrying' || lastEvent === 'failed');
    if (isEnd && error?.provider) {
      const failed = providers.of(error.provider);
      failed.calls.requests += 1;
      failed.calls.errors += 1;
      failed.errorsByCode[error.code] = (failed.errorsByCode[error.code] ?? 0) + 1;
      failed.lastError = error.code;
    }
    if (before && after.failovers > before.failovers) providers.of(before.provider).failovers += 1;
    else if (isEnd && lastEvent === 'retrying') providers.of(after.provider).retries += 1;
    countTenant(tenants.of(after.tenant), before, after);
  }
  return { providers: providers.all(), tenants: tenants.all() };
}

function isOpen({ status }: Task): boolean {
  return status === 'queued' || status === 'processing';
}

function moveGauge(sum: ProviderCounts, { status, priority }: Task, amount: number): void {
  if (status === 'queued') sum.queued[priority] += amount;
  else sum.processing += amount;
}

function countUse(sum: ProviderCounts, { usage, costUsd }: AttemptRecord): void {
  sum.tokens.prompt += countable(usage?.promptTokens);
  sum.tokens.completion += countable(usage?.completionTokens);
  sum.costUsd += countable(costUsd);
}

function countSuccess(sum: ProviderCounts, result: TaskResult): void {
  const latencyMs = countable(result.latencyMs);
  const { latencies } = sum.calls;
  const edge = latencyEdge(latencyMs);
  sum.calls.requests += 1;
  latencies.set(edge, (latencies.get(edge) ?? 0) + 1);
  sum.latencyMs += latencyMs;
}

/** Sums by name, each made when it is first asked for. */
function createSums<Sum>(make: (name: string) => Sum) {
  const sums = new Map<string, Sum>();
  return {
    of(name: string): Sum {
      const sum = sums.get(name) ?? make(name);
      sums.set(name, sum);
      return sum;
    },
    all: () => [...sums.values()],
  };
}

function newProvider(provider: string): ProviderCounts {
  return {
    provider,
    queued: { high: 0, normal: 0, low: 0 },
    processing: 0,
    calls: { requests: 0, errors: 0, latencies: new Map() },
    errorsByCode: {},
    latencyMs: 0,
    retries: 0,
    failovers: 0,
    tokens: { prompt: 0, completion: 0 },
    costUsd: 0,
  };
}
