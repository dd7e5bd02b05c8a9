import { recentWindowKey } from '../core/providers/provider-states.ts';
import type { Amounts, ProviderAmounts, Statistics, TenantAmounts } from '../core/statistics/statistics.ts';
import type { DynamoTable, Item, ItemKey } from './dynamo-table.ts';

const recentSeconds = 3600;
const typePrefix = 'type:';
const providerPrefix = 'provider:';

/** The counters of the state table: `PROVIDER#<name>` (core/providers/provider-states.ts) and `STATS#<tenant>`. */
export function createDynamoStatistics({ table }: { table: DynamoTable }): Statistics {
  const totalsKey = (tenant: string) => ({ pk: `STATS#${tenant}`, sk: 'TOTAL' });

  /** Attribute names may hold what an expression may not. */
  async function add(key: ItemKey, amounts: Amounts, set: Item, once: Item = {}): Promise<void> {
    const changed = Object.entries(amounts).filter(([, amount]) => amount !== 0);
    if (changed.length === 0) return;
    await table.update({
      key,
      set,
      setTo: Object.fromEntries(Object.keys(once).map((name) => [name, `if_not_exists(#${name}, :${name})`])),
      add: Object.fromEntries(changed.map(([, amount], index) => [`n${index}`, amount])),
      names: Object.fromEntries(changed.map(([name], index) => [`n${index}`, name])),
      values: once,
    });
  }

  const addProvider = ({ provider, amounts, recent, lastError }: ProviderAmounts, now: number) => {
    const pk = `PROVIDER#${provider}`;
    const ttl = Math.ceil(now / 1000) + recentSeconds;
    return [
      add({ pk, sk: 'STATS' }, amounts, { updated_at: now, last_error: lastError }),
      add({ pk, sk: recentWindowKey(now) }, recent, { ttl }),
    ];
  };

  const addTenant = ({ tenant, amounts, byType, byProvider }: TenantAmounts, now: number) =>
    add(
      totalsKey(tenant),
      { ...amounts, ...prefixed(typePrefix, byType), ...prefixed(providerPrefix, byProvider) },
      {},
      { since: now },
    );

  return {
    async add({ providers, tenants }, now) {
      await Promise.all([
        ...providers.flatMap((amounts) => addProvider(amounts, now)),
        ...tenants.map((amounts) => addTenant(amounts, now)),
      ]);
    },

    async readTenant(tenant) {
      const item = (await table.get(totalsKey(tenant))) ?? {};
      const number = (name: string) => Number(item[name] ?? 0);
      // A record counted twice, or one lost, must not show as less than nothing.
      const gauge = (name: string) => Math.max(0, number(name));
      return {
        tasks: {
          queued: gauge('tasks_queued'),
          processing: gauge('tasks_processing'),
          completed: number('tasks_completed'),
          failed: number('tasks_failed'),
          cancelled: number('tasks_cancelled'),
        },
        byType: unprefixed(typePrefix, item),
        byProvider: unprefixed(providerPrefix, item),
        cache: { hits: number('cache_hits'), misses: number('cache_misses') },
        tokens: { prompt: number('prompt_tokens'), completion: number('completion_tokens') },
        costUsd: number('cost_usd'),
        since: (item.since as number) ?? null,
      };
    },
  };
}

function prefixed(prefix: string, amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [`${prefix}${name}`, amount]));
}

function unprefixed(prefix: string, item: Item): Amounts {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, amount]) => [name.slice(prefix.length), amount as number]),
  );
}
