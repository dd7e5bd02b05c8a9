import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoMetrics } from '../../../adapters/dynamo-metrics.ts';
import { taskTypes } from '../../../config/task-types.ts';
import type { Change } from '../../../core/events/change.ts';
import { countTasks, noTasks } from '../../../core/metrics/count-tasks.ts';
import { durationEdges } from '../../../core/metrics/histogram.ts';
import type { Histogram } from '../../../core/metrics/metrics.ts';
import { latencyEdges } from '../../../core/providers/latency-histogram.ts';
import { taskErrorCodes } from '../../../core/service-error.ts';
import { countStatistics } from '../../../core/statistics/count-statistics.ts';
import { finalStatuses, priorities, type Task } from '../../../core/tasks/task.ts';
import { attempt, completed, failed, makeTask, start } from '../../make-task.ts';
import { addCounts } from './add-counts.ts';
import { startStateTable } from './start-state-table.ts';

const models = new Set(['kimi/k2']);
const ended = (after: Task): Change => ({ kind: 'task', sequence: '1', before: makeTask(), after });
const bucketsOf = ({ buckets }: Histogram) => [...buckets].filter(([, count]) => count > 0);

test('totals add up over batches, and nothing was counted before the first', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  const metrics = createDynamoMetrics({ table });
  const before = await metrics.read(['kimi']);
  assert.deepEqual(before.tasks, noTasks());
  assert.equal(before.providers[0]?.requests, 0);
  assert.deepEqual(takeOperations(), ['BatchGetItem', 'BatchGetItem']);

  const batch = [ended(completed({ cacheKey: 'k' })), ended(failed({ completedAt: start + 1_000_000 }))];
  const counts = countTasks(batch, new Set(['translation']), start + 1_400);
  await addCounts(table, {}, start, counts);
  await addCounts(table, {}, start, { ...counts, lagMs: 7 });
  await addCounts(table, {}, start, noTasks());
  assert.deepEqual(takeOperations(), ['UpdateItem', 'UpdateItem'], 'nothing is written of nothing');

  const { tasks } = await metrics.read(['kimi']);
  assert.deepEqual(tasks.ended, { translation: { completed: 2, failed: 2 } });
  assert.deepEqual(bucketsOf(tasks.durations.completed), [[1_000, 2]]);
  assert.deepEqual(bucketsOf(tasks.durations.failed), [[Number.POSITIVE_INFINITY, 2]]);
  assert.equal(tasks.durations.failed.sumMs, 2_000_000);
  assert.deepEqual(tasks.durations.cancelled, noTasks().durations.cancelled);
  assert.deepEqual([bucketsOf(tasks.waits.normal), tasks.waits.normal.sumMs], [[[50, 4]], 40]);
  assert.deepEqual(tasks.cache, { hits: 0, misses: 2 });
  assert.equal(tasks.lagMs, 7);
});

test('webhooks and repairs add up in rows of their own', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  const metrics = createDynamoMetrics({ table });
  for (let time = 0; time < 2; time += 1) {
    await metrics.addWebhooks({ delivered: 3, retrying: 2, rejected: 1, dead: 0 });
    await metrics.addRepairs({ tickets: 1, messages: 0, slots: 2, woken: 3, counts: 4 });
  }
  assert.equal(takeOperations().length, 4);
  await metrics.addWebhooks({ delivered: 0, retrying: 0, rejected: 0, dead: 0 });
  await metrics.addRepairs({ tickets: 0, messages: 0, slots: 0, woken: 0, counts: 0 });
  assert.equal(takeOperations().length, 0);
  const { webhooks, repairs } = await metrics.read([]);
  assert.deepEqual(webhooks, { delivered: 6, retrying: 4, rejected: 2, dead: 0 });
  assert.deepEqual(repairs, { tickets: 2, messages: 0, slots: 4, woken: 6, counts: 8 });
});

test('what is counted of a provider is read back from the row that its statistics write', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  const error = { code: 'timeout', message: '', provider: 'kimi', retryable: true } as const;
  const retrying = makeTask({
    lastEvent: 'retrying',
    version: 3,
    error,
    timeline: [attempt({ outcome: 'retrying', code: 'timeout' })],
  });
  const moved = { ...retrying, version: 4, provider: 'qwen', failovers: 1 };
  const changes: Change[] = [
    ended(completed()),
    ended(retrying),
    { kind: 'task', sequence: '2', before: retrying, after: moved },
  ];
  await addCounts(table, countStatistics(changes, models), start);
  assert.equal(takeOperations().length, 4, 'as many as without metrics');
  const { providers } = await createDynamoMetrics({ table }).read(['kimi', 'qwen', 'idle']);
  const [kimi, qwen, idle] = providers;
  assert.ok(kimi && qwen && idle);
  assert.deepEqual([kimi.requests, kimi.errorsByCode.timeout, kimi.errorsByCode.internal], [2, 1, 0]);
  assert.deepEqual([bucketsOf(kimi.latencies), kimi.latencies.sumMs], [[[1_000, 1]], 812]);
  assert.deepEqual([kimi.retries, kimi.failovers, qwen.failovers], [1, 1, 0]);
  assert.deepEqual([kimi.tokens, kimi.costUsd], [{ prompt: 20, completion: 40 }, 1]);
  assert.deepEqual([kimi.queued.normal, qwen.queued.normal, idle.queued.normal], [0, 1, 0]);
});

test('the fullest rows stay below what DynamoDB bills as two units, a provider’s as one', async (t) => {
  const { table } = await startStateTable(t);
  const millions = 1_234_567_890;
  const full = (edges: readonly number[]) => new Map(edges.map((edge) => [edge, millions]));
  const histogram = { buckets: full(durationEdges), sumMs: millions * 1_000 };
  const each = <Name extends string, Value>(names: readonly Name[], value: Value) =>
    Object.fromEntries(names.map((name) => [name, value])) as Record<Name, Value>;
  await addCounts(table, {}, start, {
    ended: each([...taskTypes.keys(), 'other'], each(finalStatuses, millions)),
    durations: each(finalStatuses, histogram),
    waits: each(priorities, histogram),
    cache: { hits: millions, misses: millions },
    lagMs: 60_000,
  });
  const counts = {
    provider: 'anthropic',
    queued: each(priorities, 10_000),
    processing: 1_000,
    calls: { requests: millions, errors: millions, latencies: full(latencyEdges) },
    errorsByCode: each(taskErrorCodes, millions),
    latencyMs: millions * 1_000,
    retries: millions,
    failovers: millions,
    tokens: { prompt: millions * 1_000, completion: millions * 1_000 },
    costUsd: 123_456.123456789,
    lastError: taskErrorCodes[0],
  };
  await addCounts(table, { providers: [counts] }, Date.now());
  const sizes = await Promise.all(
    [
      { pk: 'METRICS', sk: 'TASKS' },
      { pk: 'PROVIDER#anthropic', sk: 'STATS' },
    ].map(async (key) => sizeOf(await table.get(key))),
  );
  t.diagnostic(`bytes: ${sizes}`);
  assert.ok((sizes[0] ?? 0) <= 2_048, `tasks: ${sizes[0]}`);
  assert.ok((sizes[1] ?? 0) <= 1_024, `provider: ${sizes[1]}`);
});

/** As DynamoDB counts: names and texts in bytes; a number has one for each two digits, and one more. */
function sizeOf(item: object = {}): number {
  const valueSize = (value: unknown) =>
    typeof value === 'number' ? Math.ceil(String(value).length / 2) + 1 : String(value).length;
  return Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueSize(value), 0);
}
