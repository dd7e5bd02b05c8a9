import type { TaskTotals } from '../core/metrics/metrics.ts';
import { runBounded } from '../core/run-bounded.ts';
import type { CounterIncrement, Counters } from '../core/statistics/counters.ts';
import type { ProviderCounts, TenantCounts } from '../core/statistics/statistics.ts';
import { type Amounts, addAmounts } from './dynamo-amounts.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type TaskTotalsRow, taskAmounts, taskTotalsKey } from './metrics-rows.ts';
import {
  callAmounts,
  type ProviderTotalsRow,
  providerAmounts,
  providerTotalsKey,
  type RecentCallsRow,
  recentCallsKey,
  type TenantTotalsRow,
  tenantAmounts,
  tenantTotalsKey,
} from './statistics-rows.ts';

const recentSeconds = 3600;
const writesAtOnce = 8;
/** What an increment may be of. No other row is touched, whatever a message says. */
const counterKeys = ['PROVIDER#', 'STATS#', 'METRICS'];

/** The counters of the state table, each row by one UpdateItem that adds. */
export function createDynamoCounters({ table }: { table: DynamoTable }): Counters {
  return {
    list({ providers, tenants }, totals, now) {
      return [
        ...providers.flatMap((counts) => listProvider(counts, now)),
        ...tenants.map((counts) => listTenant(counts, now)),
        listTasks(totals),
      ].filter(({ amounts }) => Object.keys(amounts).length > 0);
    },

    async add(increments) {
      const left: CounterIncrement[] = [];
      let error: unknown;
      await runBounded(increments, writesAtOnce, async (increment) => {
        const { counter, amounts, set, once } = increment;
        try {
          await addAmounts<Item>(table, readKey(counter), amounts, set, once);
        } catch (cause) {
          left.push(increment);
          error = cause;
        }
      });
      return { left, ...(left.length > 0 && { error }) };
    },
  };
}

/** Amounts of 0 are left out. */
function increment<Row>(
  { pk, sk }: ItemKey,
  amounts: Amounts<Row>,
  set: { [Name in keyof Row]?: Row[Name] | undefined } = {},
  once: Record<string, number> = {},
): CounterIncrement {
  const changed = Object.entries<number | undefined>(amounts).filter(([, amount]) => amount);
  const known = Object.entries(set).filter(([, value]) => value !== undefined);
  return {
    counter: `${pk}|${sk}`,
    amounts: Object.fromEntries(changed) as Record<string, number>,
    set: Object.fromEntries(known) as CounterIncrement['set'],
    once,
  };
}

function listProvider(counts: ProviderCounts, now: number): CounterIncrement[] {
  const { provider, calls, lastError } = counts;
  const told = { updated_at: now, last_error: lastError };
  const expires = { ttl: Math.ceil(now / 1000) + recentSeconds };
  return [
    increment<ProviderTotalsRow>(providerTotalsKey(provider), providerAmounts(counts), told),
    increment<RecentCallsRow>(recentCallsKey(provider, now), callAmounts(calls), expires),
  ];
}

function listTenant(counts: TenantCounts, now: number): CounterIncrement {
  return increment<TenantTotalsRow>(
    tenantTotalsKey(counts.tenant),
    tenantAmounts(counts),
    {},
    { since: now },
  );
}

function listTasks(totals: TaskTotals): CounterIncrement {
  const set = { lag_ms: totals.lagMs ?? undefined };
  return increment<TaskTotalsRow>(taskTotalsKey, taskAmounts(totals), set);
}

function readKey(counter: string): ItemKey {
  const at = counter.lastIndexOf('|');
  const [pk, sk] = [counter.slice(0, Math.max(at, 0)), counter.slice(at + 1)];
  const isCounter = counterKeys.some((key) =>
    key.endsWith('#') ? pk.startsWith(key) && pk !== key : pk === key,
  );
  if (!isCounter || sk === '') throw new TypeError('An increment of no counter');
  return { pk, sk };
}
