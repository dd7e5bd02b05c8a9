import type { Change } from '../core/events/change.ts';
import { countTasks } from '../core/metrics/count-tasks.ts';
import { countStatistics } from '../core/statistics/count-statistics.ts';
import { addAmounts } from './dynamo-amounts.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { taskAmounts, taskTotalsKey } from './metrics-rows.ts';
import { providerAmounts, providerTotalsKey, tenantAmounts, tenantTotalsKey } from './statistics-rows.ts';

/** A counter that is behind what the tasks themselves tell. */
export interface Shortfall {
  key: ItemKey;
  name: string;
  counted: number;
  recounted: number;
}

/** They follow the tasks up and down: the sweeper sets those of providers right. */
const gauges = /^(queued_|processing$|tasks_(queued|processing)$)/;
/** US dollars are sums of fractions. */
const noise = 1e-9;

interface Sums {
  key: ItemKey;
  amounts: Map<string, number>;
}

/**
 * Counts the tasks that are kept anew and compares with the counters. These also know tasks that are kept no more, so
 * that only one that is behind is wrong; and they are published, so that none is ever lowered.
 */
export function createDynamoRecount(options: {
  table: DynamoTable;
  taskTypes: ReadonlySet<string>;
  /** `provider/model` of the listed ones. */
  models: ReadonlySet<string>;
}) {
  const { table, taskTypes, models } = options;
  const sums = new Map<string, Sums>();

  function add(key: ItemKey, amounts: Record<string, number>): void {
    const id = `${key.pk} ${key.sk}`;
    const sum = sums.get(id) ?? { key, amounts: new Map() };
    sums.set(id, sum);
    for (const [name, amount] of Object.entries(amounts))
      if (!gauges.test(name)) sum.amounts.set(name, (sum.amounts.get(name) ?? 0) + amount);
  }

  return {
    /** @param changes as they would come from the stream */
    count(changes: readonly Change[]): void {
      const { providers, tenants } = countStatistics([...changes], models);
      for (const counts of providers) add(providerTotalsKey(counts.provider), providerAmounts(counts));
      for (const counts of tenants) add(tenantTotalsKey(counts.tenant), tenantAmounts(counts));
      add(taskTotalsKey, taskAmounts(countTasks([...changes], taskTypes, 0)));
    },

    /** Of what was counted so far. */
    async compare(): Promise<Shortfall[]> {
      const all = [...sums.values()];
      const rows = await table.getMany(
        all.map(({ key }) => key),
        { consistent: true },
      );
      return all.flatMap(({ key, amounts }) => {
        const row = rows.find(({ pk, sk }) => pk === key.pk && sk === key.sk) ?? {};
        return [...amounts].flatMap(([name, recounted]) => {
          const counted = numberOf(row, name);
          return recounted - counted > noise ? [{ key, name, counted, recounted }] : [];
        });
      });
    },

    /** Adds what is missing, so that what is counted meanwhile stays. */
    async raise(shortfalls: readonly Shortfall[]): Promise<void> {
      for (const key of new Set(shortfalls.map((each) => each.key))) {
        const own = shortfalls.filter((each) => each.key === key);
        await addAmounts(
          table,
          key,
          Object.fromEntries(own.map(({ name, counted, recounted }) => [name, recounted - counted])),
        );
      }
    },
  };
}

function numberOf(row: Item, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : 0;
}
