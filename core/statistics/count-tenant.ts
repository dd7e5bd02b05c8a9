import type { AttemptRecord, Task } from '../tasks/task.ts';
import { countable } from './countable.ts';
import type { Spending, TenantCounts } from './statistics.ts';

/** The name under which calls of models are counted that the catalogue does not list: callers could invent any number. */
const otherModel = 'other';

/** What a change of a task adds to its tenant's totals. */
export function countTenant(sum: TenantCounts, before: Task | undefined, after: Task): void {
  if (before) sum.tasks[before.status] -= 1;
  else sum.byType[after.type] = (sum.byType[after.type] ?? 0) + 1;
  sum.tasks[after.status] += 1;
  if (after.lastEvent !== 'completed' || !after.result) return;
  sum.byProvider[after.provider] = (sum.byProvider[after.provider] ?? 0) + 1;
  if (after.cacheKey !== null) sum.cache[after.result.cached ? 'hits' : 'misses'] += 1;
}

/** An attempt that ended, in whichever way. @param models `provider/model` of those that are listed */
export function countTenantUse(
  sum: TenantCounts,
  type: string,
  attempt: AttemptRecord,
  models: ReadonlySet<string>,
): void {
  const named = `${attempt.provider}/${attempt.model}`;
  const model = models.has(named) ? named : `${attempt.provider}/${otherModel}`;
  for (const spending of [sum.spending, spendingOf(sum.byModel, model), spendingOf(sum.spentByType, type)])
    addAttempt(spending, attempt);
}

export function noSpending(): Spending {
  return { calls: 0, promptTokens: 0, completionTokens: 0, costUsd: 0 };
}

function spendingOf(sums: Record<string, Spending>, name: string): Spending {
  sums[name] ??= noSpending();
  return sums[name];
}

function addAttempt(sum: Spending, { usage, costUsd }: AttemptRecord): void {
  sum.calls += 1;
  sum.promptTokens += countable(usage?.promptTokens);
  sum.completionTokens += countable(usage?.completionTokens);
  sum.costUsd += countable(costUsd);
}

export function newTenant(tenant: string): TenantCounts {
  return {
    tenant,
    tasks: { queued: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 },
    byType: {},
    byProvider: {},
    cache: { hits: 0, misses: 0 },
    spending: noSpending(),
    byModel: {},
    spentByType: {},
  };
}
