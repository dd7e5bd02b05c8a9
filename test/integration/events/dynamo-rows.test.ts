import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoBatchProgress } from '../../../adapters/dynamo-batch-progress.ts';
import { createDynamoBatchStore } from '../../../adapters/dynamo-batch-store.ts';
import { createDynamoConnectionPasses } from '../../../adapters/dynamo-connection-passes.ts';
import { createDynamoDeliveries } from '../../../adapters/dynamo-deliveries.ts';
import { createDynamoEventLag } from '../../../adapters/dynamo-event-lag.ts';
import { createDynamoStatistics } from '../../../adapters/dynamo-statistics.ts';
import { recentCallsKey } from '../../../adapters/statistics-rows.ts';
import type { ProviderCounts, TenantCounts } from '../../../core/statistics/statistics.ts';
import type { Delivery } from '../../../core/webhooks/deliveries.ts';
import { startTable } from './start-table.ts';

const now = Date.UTC(2026, 0, 1);
const retentionMs = 60_000;

test('a connection pass opens one WebSocket, and none after its minute', async (t) => {
  const passes = createDynamoConnectionPasses({ table: await startTable(t) });
  await passes.issue('one', 'default', now + 60_000);
  await passes.issue('late', 'default', now);
  const redeemed = await Promise.all(Array.from({ length: 5 }, () => passes.redeem('one', now)));
  assert.deepEqual(redeemed.filter(Boolean), ['default']);
  assert.equal(await passes.redeem('late', now), undefined);
  assert.equal(await passes.redeem('unknown', now), undefined);
});

test('a batch completes once, however often its tasks are counted', async (t) => {
  const table = await startTable(t);
  const batches = createDynamoBatchStore({ table, retentionMs, clock: () => now });
  const progress = createDynamoBatchProgress({ table, retentionMs });
  const batch = { tenant: 'default', batchId: 'batch_1', createdAt: now, total: 3, callbackUrl: null };
  await batches.create({ ...batch, deadlineAt: now + 60_000, seed: 'seed' });
  const indexes = {
    started: [] as number[],
    completed: [] as number[],
    failed: [] as number[],
    cancelled: [] as number[],
  };
  const add = (more: Partial<typeof indexes>, at = now) =>
    progress.add('default', 'batch_1', { ...indexes, ...more }, at);

  await add({ started: [0, 1] });
  await add({ started: [0], completed: [0] });
  await add({ completed: [0] });
  assert.deepEqual(await batches.get('default', 'batch_1'), {
    ...batch,
    completedAt: null,
    version: 1,
    processing: 1,
    completed: 1,
    failed: 0,
    cancelled: 0,
  });
  await Promise.all([add({ failed: [1] }, now + 1), add({ cancelled: [2] }, now + 1)]);
  await Promise.all(Array.from({ length: 4 }, () => add({ failed: [1], cancelled: [2] }, now + 2)));
  const done = await batches.get('default', 'batch_1');
  assert.equal(done?.version, 2, 'one change of the row, so one event');
  assert.ok(done?.completedAt === now + 1 || done?.completedAt === now + 2);
});

test('a count that comes late does not write a deleted batch again', async (t) => {
  const table = await startTable(t);
  const progress = createDynamoBatchProgress({ table, retentionMs });
  await progress.add(
    'default',
    'batch_gone',
    { started: [1], completed: [], failed: [], cancelled: [] },
    now,
  );
  assert.equal(await table.get({ pk: 'default#batch_gone', sk: 'BATCH' }), undefined);
});

test('counters add up by provider and tenant, also for names with dashes and dots', async (t) => {
  const table = await startTable(t);
  const statistics = createDynamoStatistics({ table });
  const provider: ProviderCounts = {
    provider: 'my-kimi',
    queued: { high: -1, normal: 0, low: 0 },
    processing: 0,
    calls: { requests: 2, errors: 0, latencies: new Map() },
    errorsByCode: {},
    latencyMs: 0,
    retries: 0,
    failovers: 0,
    tokens: { prompt: 0, completion: 0 },
    costUsd: 0.1,
  };
  const tenant: TenantCounts = {
    tenant: 'default',
    tasks: { queued: 2, processing: 0, completed: 1, failed: 0, cancelled: 0 },
    byType: { 'my.type-1': 1 },
    byProvider: { 'my-kimi': 1 },
    cache: { hits: 1, misses: 0 },
    tokens: { prompt: 5, completion: 0 },
    costUsd: 0.1,
  };
  await statistics.add({ providers: [{ ...provider, lastError: 'timeout' }], tenants: [tenant] }, now);
  await statistics.add({ providers: [provider], tenants: [tenant] }, now + 5);
  const row = await table.get({ pk: 'PROVIDER#my-kimi', sk: 'STATS' });
  assert.deepEqual(
    [row?.requests, row?.cost_usd, row?.queued_high, row?.last_error, row?.updated_at],
    [4, 0.2, -2, 'timeout', now + 5],
  );
  const recent = await table.get(recentCallsKey('my-kimi', now));
  assert.equal(recent?.requests, 4);
  assert.deepEqual(await statistics.readTenant('default'), {
    tasks: { queued: 4, processing: 0, completed: 2, failed: 0, cancelled: 0 },
    byType: { 'my.type-1': 2 },
    byProvider: { 'my-kimi': 2 },
    cache: { hits: 2, misses: 0 },
    tokens: { prompt: 10, completion: 0 },
    costUsd: 0.2,
    since: now,
  });
  assert.equal((await statistics.readTenant('nobody')).since, null);
});

test('deliveries are read back in the order of their versions', async (t) => {
  const table = await startTable(t);
  const deliveries = createDynamoDeliveries({ table, retentionMs });
  const delivery: Delivery = {
    tenant: 'default',
    subjectId: 'task_1',
    eventId: 'evt_1_10',
    eventType: 'completed',
    url: 'https://hook.example/',
    status: 'retrying',
    attempts: 1,
    lastAttemptAt: now,
    lastStatus: 500,
    lastError: 'answered 500',
    nextAttemptAt: now + 5_000,
  };
  await deliveries.record(delivery);
  await deliveries.record({ ...delivery, eventId: 'evt_1_9', lastStatus: null, nextAttemptAt: null });
  await deliveries.record({
    ...delivery,
    status: 'delivered',
    attempts: 2,
    lastStatus: 200,
    lastError: null,
  });
  const found = await deliveries.list('default', 'task_1');
  assert.deepEqual(
    found.map(({ eventId, status, attempts }) => [eventId, status, attempts]),
    [
      ['evt_1_9', 'retrying', 1],
      ['evt_1_10', 'delivered', 2],
    ],
  );
  assert.deepEqual(await deliveries.list('other', 'task_1'), []);
});

test('the peak of the event lag is kept while events are late, and forgotten ten minutes after', async (t) => {
  const eventLag = createDynamoEventLag({ table: await startTable(t) });
  await eventLag.note(4_000, now);
  assert.equal(await eventLag.after(now - 60_000), 12_000, 'the usual lag needs no row');
  await eventLag.note(60_000, now);
  await eventLag.note(20_000, now + 20_000);
  assert.equal(await eventLag.after(now + 28_000), 68_000, 'also for what was sent while the note held');
  assert.equal(await eventLag.after(now + 28_001), 12_000);
  await eventLag.note(20_000, now + 20_000 + 600_001);
  assert.equal(await eventLag.after(now), 28_000);
});
