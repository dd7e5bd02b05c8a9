import type { ProviderCounts, Statistics, TenantCounts } from '../core/statistics/statistics.ts';
import { addAmounts } from './dynamo-counters.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem, parseNumbers } from './parse-item.ts';
import {
  callAmounts,
  type ProviderTotalsRow,
  providerAmounts,
  providerPrefix,
  providerTotalsKey,
  type RecentCallsRow,
  recentCallsKey,
  TenantTotalsRow,
  tenantAmounts,
  tenantTotalsKey,
  typePrefix,
} from './statistics-rows.ts';

const recentSeconds = 3600;

/** The counters of the state table, each row by one UpdateItem that adds. */
export function createDynamoStatistics({ table }: { table: DynamoTable }): Statistics {
  const addProvider = (counts: ProviderCounts, now: number) => [
    addAmounts<ProviderTotalsRow>(table, providerTotalsKey(counts.provider), providerAmounts(counts), {
      updated_at: now,
      last_error: counts.lastError,
    }),
    addAmounts<RecentCallsRow>(table, recentCallsKey(counts.provider, now), callAmounts(counts.calls), {
      ttl: Math.ceil(now / 1000) + recentSeconds,
    }),
  ];

  const addTenant = (counts: TenantCounts, now: number) =>
    addAmounts<TenantTotalsRow>(
      table,
      tenantTotalsKey(counts.tenant),
      tenantAmounts(counts),
      {},
      { since: now },
    );

  return {
    async add({ providers, tenants }, now) {
      await Promise.all([
        ...providers.flatMap((counts) => addProvider(counts, now)),
        ...tenants.map((counts) => addTenant(counts, now)),
      ]);
    },

    async readTenant(tenant) {
      const item = (await table.get(tenantTotalsKey(tenant))) ?? {};
      const kind = "The row of a tenant's totals";
      const row = parseItem(kind, TenantTotalsRow, item);
      return {
        tasks: {
          // A record counted twice, or one lost, must not show as less than nothing.
          queued: Math.max(0, row.tasks_queued),
          processing: Math.max(0, row.tasks_processing),
          completed: row.tasks_completed,
          failed: row.tasks_failed,
          cancelled: row.tasks_cancelled,
        },
        byType: parseNumbers(typePrefix, item),
        byProvider: parseNumbers(providerPrefix, item),
        cache: { hits: row.cache_hits, misses: row.cache_misses },
        tokens: { prompt: row.prompt_tokens, completion: row.completion_tokens },
        costUsd: row.cost_usd,
        since: row.since ?? null,
      };
    },
  };
}
