import type { Statistics } from '../core/statistics/statistics.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem, parseNumbers } from './parse-item.ts';
import {
  providerPrefix,
  spendingFrom,
  TenantTotalsRow,
  tenantTotalsKey,
  typePrefix,
} from './statistics-rows.ts';

/** A tenant's totals, as adapters/dynamo-counters.ts writes them. */
export function createDynamoStatistics({ table }: { table: DynamoTable }): Statistics {
  return {
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
        spending: {
          calls: row.calls,
          promptTokens: row.prompt_tokens,
          completionTokens: row.completion_tokens,
          costUsd: row.cost_usd,
        },
        byModel: spendingFrom('model', item),
        spentByType: spendingFrom('type', item),
        since: row.since ?? null,
      };
    },
  };
}
