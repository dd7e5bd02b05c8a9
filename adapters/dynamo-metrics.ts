import type { MetricsStore, ProviderTotals } from '../core/metrics/metrics.ts';
import { taskErrorCodes } from '../core/service-error.ts';
import { addAmounts } from './dynamo-amounts.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import {
  RepairsRow,
  repairsKey,
  taskTotalsFrom,
  taskTotalsKey,
  WebhooksRow,
  webhooksKey,
} from './metrics-rows.ts';
import { parseItem, parseNumbers } from './parse-item.ts';
import {
  codePrefix,
  histogramFrom,
  latencyPrefix,
  ProviderTotalsRow,
  providerTotalsKey,
} from './statistics-rows.ts';

/** Totals of the service in the state table. What is a provider's lies in the row that adapters/dynamo-counters.ts writes. */
export function createDynamoMetrics({ table }: { table: DynamoTable }): MetricsStore {
  return {
    addWebhooks: (webhooks) => addAmounts<WebhooksRow>(table, webhooksKey, webhooks),

    addRepairs: ({ tickets, messages, slots, woken, counts }) =>
      addAmounts<RepairsRow>(table, repairsKey, { tickets, messages, slots, woken, counts }),

    async read(providers) {
      // Two requests: a role names each kind of rows by itself.
      const [own, ofProviders] = await Promise.all([
        table.getMany([taskTotalsKey, webhooksKey, repairsKey]),
        table.getMany(providers.map(providerTotalsKey)),
      ]);
      return {
        tasks: taskTotalsFrom(find(own, taskTotalsKey)),
        webhooks: parseItem('The row of the totals of webhooks', WebhooksRow, find(own, webhooksKey)),
        repairs: parseItem('The row of the totals of repairs', RepairsRow, find(own, repairsKey)),
        providers: providers.map((provider) =>
          providerTotalsFrom(provider, find(ofProviders, providerTotalsKey(provider))),
        ),
      };
    },
  };
}

function find(items: Item[], { pk, sk }: ItemKey): Item {
  return items.find((item) => item.pk === pk && item.sk === sk) ?? {};
}

function providerTotalsFrom(provider: string, item: Item): ProviderTotals {
  const kind = "The row of a provider's calls";
  const row = parseItem(kind, ProviderTotalsRow, item);
  const byCode = parseNumbers(codePrefix, item);
  return {
    provider,
    // A record counted twice, or one lost, must not show as less than nothing.
    queued: {
      high: Math.max(0, row.queued_high),
      normal: Math.max(0, row.queued_normal),
      low: Math.max(0, row.queued_low),
    },
    processing: Math.max(0, row.processing),
    requests: row.requests,
    errorsByCode: Object.fromEntries(taskErrorCodes.map((code) => [code, byCode[code] ?? 0])),
    latencies: {
      buckets: histogramFrom(parseNumbers(latencyPrefix, item)),
      sumMs: row.latency_sum_ms,
    },
    retries: row.retries,
    failovers: row.failovers,
    tokens: { prompt: row.prompt_tokens, completion: row.completion_tokens },
    costUsd: row.cost_usd,
  };
}
