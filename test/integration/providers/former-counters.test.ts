import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoProviderStates } from '../../../adapters/dynamo-provider-states.ts';
import { createDynamoStatistics } from '../../../adapters/dynamo-statistics.ts';
import { countStatistics } from '../../../core/statistics/count-statistics.ts';
import { completed, makeTask } from '../../make-task.ts';
import { addCounts } from './add-counts.ts';
import { newer, startFormerTable } from './start-former-table.ts';

const models = new Set(['kimi/k2']);
const now = 1_800_000_000_000;

test('counters of a former version are added to under the same names', async (t) => {
  const providerCounts = { requests: 4, errors: 2, lat_1000: 1, lat_inf: 1 };
  const spent = { prompt_tokens: 20, completion_tokens: 40, cost_usd: 1 };
  const table = await startFormerTable(
    t,
    {
      pk: 'PROVIDER#kimi',
      sk: 'STATS',
      queued_high: 4,
      queued_normal: 5,
      queued_low: 6,
      processing: 7,
      ...providerCounts,
      ...spent,
      last_error: 'provider_error',
      updated_at: now - 5,
    },
    { pk: 'PROVIDER#kimi', sk: 'RECENT#15000000', ...providerCounts, ttl: 1_800_003_600 },
    {
      pk: 'STATS#default',
      sk: 'TOTAL',
      since: now - 9,
      tasks_queued: 2,
      tasks_completed: 2,
      tasks_failed: 1,
      cache_hits: 3,
      cache_misses: 1,
      ...spent,
      'type:translation': 5,
      'provider:kimi': 2,
    },
  );
  const statistics = createDynamoStatistics({ table });
  const queued = makeTask({ priority: 'high' });
  const slow = completed({ cacheKey: 'key' });
  const after = { ...slow, result: slow.result && { ...slow.result, latencyMs: 400_000 } };
  const changes = [
    { kind: 'task', sequence: '1', before: undefined, after: queued },
    { kind: 'task', sequence: '2', before: queued, after },
  ] as const;
  await addCounts(table, countStatistics([...changes, ...changes.slice(0, 1)], models), now);

  assert.deepEqual(await table.get({ pk: 'PROVIDER#kimi', sk: 'STATS' }), {
    pk: 'PROVIDER#kimi',
    sk: 'STATS',
    queued_high: 5,
    queued_normal: 5,
    queued_low: 6,
    processing: 7,
    requests: 5,
    errors: 2,
    lat_1000: 1,
    lat_inf: 2,
    last_error: 'provider_error',
    updated_at: now,
    prompt_tokens: 30,
    completion_tokens: 60,
    cost_usd: 1.5,
    latency_sum_ms: 400_000,
    ...newer,
  });
  assert.deepEqual(await table.get({ pk: 'PROVIDER#kimi', sk: 'RECENT#15000000' }), {
    pk: 'PROVIDER#kimi',
    sk: 'RECENT#15000000',
    requests: 5,
    errors: 2,
    lat_1000: 1,
    lat_inf: 2,
    ttl: now / 1000 + 3600,
    ...newer,
  });
  assert.deepEqual(await table.get({ pk: 'STATS#default', sk: 'TOTAL' }), {
    pk: 'STATS#default',
    sk: 'TOTAL',
    since: now - 9,
    tasks_queued: 3,
    tasks_completed: 3,
    tasks_failed: 1,
    cache_hits: 3,
    cache_misses: 2,
    'type:translation': 7,
    calls: 1,
    'model_calls:kimi/k2': 1,
    'model_prompt_tokens:kimi/k2': 10,
    'model_completion_tokens:kimi/k2': 20,
    'model_cost_usd:kimi/k2': 0.5,
    'type_calls:translation': 1,
    'type_prompt_tokens:translation': 10,
    'type_completion_tokens:translation': 20,
    'type_cost_usd:translation': 0.5,
    'provider:kimi': 3,
    prompt_tokens: 30,
    completion_tokens: 60,
    cost_usd: 1.5,
    ...newer,
  });

  const states = createDynamoProviderStates({ table, providers: ['kimi'], now: () => now });
  const state = (await states.read()).get('kimi');
  assert.deepEqual(state?.queued, { high: 5, normal: 5, low: 6 });
  assert.deepEqual(
    [...(state?.histogram ?? [])].filter(([, count]) => count > 0),
    [
      [1_000, 1],
      [Number.POSITIVE_INFINITY, 2],
    ],
  );
  assert.deepEqual([state?.errorRate, state?.lastError, state?.updatedAt], [0.4, 'provider_error', now]);
  assert.deepEqual(await statistics.readTenant('default'), {
    tasks: { queued: 3, processing: 0, completed: 3, failed: 1, cancelled: 0 },
    byType: { translation: 7 },
    byProvider: { kimi: 3 },
    cache: { hits: 3, misses: 2 },
    spending: { calls: 1, promptTokens: 30, completionTokens: 60, costUsd: 1.5 },
    byModel: { 'kimi/k2': { calls: 1, promptTokens: 10, completionTokens: 20, costUsd: 0.5 } },
    spentByType: { translation: { calls: 1, promptTokens: 10, completionTokens: 20, costUsd: 0.5 } },
    since: now - 9,
  });
});
