import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAmounts } from '../../../adapters/dynamo-amounts.ts';
import { createDynamoMetrics } from '../../../adapters/dynamo-metrics.ts';
import { createDynamoProviderStates } from '../../../adapters/dynamo-provider-states.ts';
import { createDynamoRecount } from '../../../adapters/dynamo-recount.ts';
import { createDynamoStatistics } from '../../../adapters/dynamo-statistics.ts';
import { providerTotalsKey, tenantTotalsKey } from '../../../adapters/statistics-rows.ts';
import { countStatistics } from '../../../core/statistics/count-statistics.ts';
import { replayTask } from '../../../core/statistics/replay-task.ts';
import { attempt, completed, failed, start } from '../../make-task.ts';
import { startStateTable } from './start-state-table.ts';

const models = new Set(['kimi/k2']);
const later = start + 3_600_000;
const key = tenantTotalsKey('default');

test('one bad amount takes no other with it', async (t) => {
  const { table } = await startStateTable(t);
  const amounts = { good: 2, nan: Number.NaN, endless: Number.POSITIVE_INFINITY, huge: 1e300, tiny: 1e-300 };
  await addAmounts(table, key, { ...amounts, text: '73' as unknown as number });
  assert.deepEqual(await table.get(key), { ...key, good: 2 });
});

test('an attribute that nothing can be added to is begun anew, and the others are counted', async (t) => {
  const { table } = await startStateTable(t);
  await table.put({ ...key, prompt_tokens: '73', completion_tokens: 5, since: 1 });
  await addAmounts<object>(
    table,
    key,
    { prompt_tokens: 10, completion_tokens: 20, 'type:a': 1 },
    {},
    { since: 9 },
  );
  assert.deepEqual(await table.get(key), {
    ...key,
    prompt_tokens: 10,
    completion_tokens: 25,
    'type:a': 1,
    since: 1,
  });
});

test('a row with an odd counter is read, the odd one as nothing', async (t) => {
  const { table } = await startStateTable(t);
  await table.put({ ...key, tasks_completed: 3, prompt_tokens: '73', 'type:a': null, 'type:b': 2 });
  const totals = await createDynamoStatistics({ table }).readTenant('default');
  assert.deepEqual([totals.tasks.completed, totals.spending.promptTokens, totals.byType], [3, 0, { b: 2 }]);

  await table.put({ ...providerTotalsKey('kimi'), requests: 4, lat_1000: 'odd', cost_usd: 'odd' });
  const states = await createDynamoProviderStates({ table, providers: ['kimi'], now: Date.now }).read();
  assert.deepEqual([states.get('kimi')?.requests, states.get('kimi')?.costUsd], [4, 0]);
  const { providers } = await createDynamoMetrics({ table }).read(['kimi']);
  assert.deepEqual([providers[0]?.requests, providers[0]?.costUsd], [4, 0]);
});

test('an amount that no task can have spoils no sum', () => {
  const odd = completed({
    timeline: [attempt({ costUsd: Number.NaN, usage: { promptTokens: 1e300, completionTokens: -5 } })],
  });
  const changes = [odd, completed()].flatMap((task) => replayTask(task, later));
  const [provider] = countStatistics(changes, models).providers;
  assert.deepEqual([provider?.costUsd, provider?.tokens], [0.5, { prompt: 10, completion: 20 }]);
});

test('a recount raises what is behind, lowers nothing, and finds nothing more', async (t) => {
  const { table } = await startStateTable(t);
  // A thousand tasks that are kept no more were counted; one of those that are kept was not.
  await table.put({ ...key, tasks_completed: 1_000, prompt_tokens: 5, 'provider:kimi': 1, tasks_queued: 7 });
  const recount = createDynamoRecount({ table, taskTypes: new Set(['translation']), models });
  for (const task of [completed({ cacheKey: 'k' }), completed({ cacheKey: 'k' }), failed()])
    recount.count(replayTask(task, later));
  const shortfalls = await recount.compare();
  const names = shortfalls
    .filter((each) => each.key.pk === key.pk)
    .map(({ name, counted, recounted }) => [name, counted, recounted]);
  assert.deepEqual(Object.fromEntries(names.map(([name, ...rest]) => [name, rest])), {
    tasks_failed: [0, 1],
    cache_misses: [0, 2],
    prompt_tokens: [5, 20],
    completion_tokens: [0, 40],
    cost_usd: [0, 1],
    calls: [0, 3],
    'model_calls:kimi/k2': [0, 3],
    'model_prompt_tokens:kimi/k2': [0, 20],
    'model_completion_tokens:kimi/k2': [0, 40],
    'model_cost_usd:kimi/k2': [0, 1],
    'type_calls:translation': [0, 3],
    'type_prompt_tokens:translation': [0, 20],
    'type_completion_tokens:translation': [0, 40],
    'type_cost_usd:translation': [0, 1],
    'type:translation': [0, 3],
    'provider:kimi': [1, 2],
  });
  // What is counted meanwhile stays.
  await addAmounts(table, key, { prompt_tokens: 100 });
  await recount.raise(shortfalls);
  const totals = await createDynamoStatistics({ table }).readTenant('default');
  assert.deepEqual(
    [totals.tasks.completed, totals.tasks.failed, totals.spending, totals.byProvider, totals.tasks.queued],
    [1_000, 1, { calls: 3, promptTokens: 120, completionTokens: 40, costUsd: 1 }, { kimi: 2 }, 7],
  );
  const { tasks, providers } = await createDynamoMetrics({ table }).read(['kimi']);
  assert.deepEqual(tasks.ended, { translation: { completed: 2, failed: 1 } });
  assert.deepEqual(
    [providers[0]?.requests, providers[0]?.errorsByCode.provider_error, providers[0]?.costUsd],
    [3, 1, 1],
  );
  assert.deepEqual(await recount.compare(), []);
});
