import type { Change } from '../events/change.ts';
import { latencyBucket } from '../providers/provider-states.ts';
import type { Task } from '../tasks/task.ts';
import type { Amounts, ProviderAmounts, TenantAmounts } from './statistics.ts';

export interface Counts {
  providers: ProviderAmounts[];
  tenants: TenantAmounts[];
}

/** What a list of changes adds to the counters: one sum a provider and one a tenant, however many changes. */
export function countStatistics(changes: Change[]): Counts {
  const providers = new Map<string, ProviderAmounts>();
  const tenants = new Map<string, TenantAmounts>();
  for (const change of changes) {
    if (change.kind !== 'task') continue;
    const { before, after } = change;
    const gauge = (task: Task | undefined, amount: number) => {
      const name = task && gaugeOf(task);
      if (name) bump(providerOf(providers, task.provider).amounts, name, amount);
    };
    gauge(before, -1);
    gauge(after, 1);
    if (before?.version === after.version) continue;
    countCall(providers, after);
    countTenant(tenantOf(tenants, after.tenant), before, after);
  }
  return { providers: [...providers.values()], tenants: [...tenants.values()] };
}

function gaugeOf({ status, priority }: Task): string | undefined {
  if (status === 'queued') return `queued_${priority}`;
  return status === 'processing' ? 'processing' : undefined;
}

/** A provider call that ended with this change, as core/providers/provider-states.ts defines one. */
function countCall(
  providers: Map<string, ProviderAmounts>,
  { lastEvent, provider, result, error }: Task,
): void {
  if (lastEvent === 'completed' && result && !result.cached) {
    const { amounts, recent } = providerOf(providers, provider);
    for (const target of [amounts, recent]) {
      bump(target, 'requests', 1);
      bump(target, latencyBucket(result.latencyMs), 1);
    }
    bump(amounts, 'prompt_tokens', result.usage.promptTokens);
    bump(amounts, 'completion_tokens', result.usage.completionTokens);
    bump(amounts, 'cost_usd', result.costUsd);
  }
  if ((lastEvent === 'retrying' || lastEvent === 'failed') && error?.provider) {
    const row = providerOf(providers, error.provider);
    for (const target of [row.amounts, row.recent]) {
      bump(target, 'requests', 1);
      bump(target, 'errors', 1);
    }
    row.lastError = error.code;
  }
}

function countTenant(
  { amounts, byType, byProvider }: TenantAmounts,
  before: Task | undefined,
  after: Task,
): void {
  if (before) bump(amounts, `tasks_${before.status}`, -1);
  bump(amounts, `tasks_${after.status}`, 1);
  if (!before) bump(byType, after.type, 1);
  if (after.lastEvent !== 'completed' || !after.result) return;
  const { cached, usage, costUsd } = after.result;
  bump(byProvider, after.provider, 1);
  if (after.cacheKey !== null) bump(amounts, cached ? 'cache_hits' : 'cache_misses', 1);
  if (cached) return;
  bump(amounts, 'prompt_tokens', usage.promptTokens);
  bump(amounts, 'completion_tokens', usage.completionTokens);
  bump(amounts, 'cost_usd', costUsd);
}

function providerOf(providers: Map<string, ProviderAmounts>, provider: string): ProviderAmounts {
  const known = providers.get(provider);
  if (known) return known;
  const fresh: ProviderAmounts = { provider, amounts: {}, recent: {} };
  providers.set(provider, fresh);
  return fresh;
}

function tenantOf(tenants: Map<string, TenantAmounts>, tenant: string): TenantAmounts {
  const known = tenants.get(tenant);
  if (known) return known;
  const fresh: TenantAmounts = { tenant, amounts: {}, byType: {}, byProvider: {} };
  tenants.set(tenant, fresh);
  return fresh;
}

function bump(amounts: Amounts, name: string, amount: number): void {
  amounts[name] = (amounts[name] ?? 0) + amount;
}
