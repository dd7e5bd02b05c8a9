import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoConnectionPasses } from '../../../adapters/dynamo-connection-passes.ts';
import { createDynamoCounters } from '../../../adapters/dynamo-counters.ts';
import { createDynamoDeliveries } from '../../../adapters/dynamo-deliveries.ts';
import { createDynamoEventLag } from '../../../adapters/dynamo-event-lag.ts';
import { createDynamoLateChanges } from '../../../adapters/dynamo-late-changes.ts';
import { createDynamoStatistics } from '../../../adapters/dynamo-statistics.ts';
import { recentCallsKey } from '../../../adapters/statistics-rows.ts';
import type { Counts, ProviderCounts, TenantCounts } from '../../../core/statistics/statistics.ts';
import type { TriedDelivery } from '../../../core/webhooks/deliveries.ts';
import { addCounts } from '../providers/add-counts.ts';
import { startTable } from './start-table.ts';

const now = Date.UTC(2026, 0, 1);
const retentionMs = 60_000;

test('a connection pass opens one WebSocket, and none after its minute', async (t) => {
  const passes = createDynamoConnectionPasses({ table: await startTable(t) });
  const owner = { tenant: 'acme', credential: 'acme_0123456789ab' };
  await passes.issue('one', owner, now + 60_000);
  await passes.issue('late', owner, now);
  const redeemed = await Promise.all(Array.from({ length: 5 }, () => passes.redeem('one', now)));
  assert.deepEqual(redeemed.filter(Boolean), [owner]);
  assert.equal(await passes.redeem('late', now), undefined);
  assert.equal(await passes.redeem('unknown', now), undefined);
});

test('counters add up by provider and tenant, also for names with dashes and dots', async (t) => {
  const table = await startTable(t);
  const statistics = createDynamoStatistics({ table });
  const add = (counts: Partial<Counts>, at: number) => addCounts(table, counts, at);
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
  const spending = { calls: 1, promptTokens: 5, completionTokens: 0, costUsd: 0.1 };
  const twice = { calls: 2, promptTokens: 10, completionTokens: 0, costUsd: 0.2 };
  const tenant: TenantCounts = {
    tenant: 'default',
    tasks: { queued: 2, processing: 0, completed: 1, failed: 0, cancelled: 0 },
    byType: { 'my.type-1': 1 },
    byProvider: { 'my-kimi': 1 },
    cache: { hits: 1, misses: 0 },
    spending,
    byModel: { 'my-kimi/kimi/k2.5': spending },
    spentByType: { 'my.type-1': spending },
  };
  await add({ providers: [{ ...provider, lastError: 'timeout' }], tenants: [tenant] }, now);
  await add({ providers: [provider], tenants: [tenant] }, now + 5);
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
    spending: twice,
    byModel: { 'my-kimi/kimi/k2.5': twice },
    spentByType: { 'my.type-1': twice },
    since: now,
  });
  assert.equal((await statistics.readTenant('nobody')).since, null);
});

test('deliveries are read back in the order of their versions', async (t) => {
  const table = await startTable(t);
  const deliveries = createDynamoDeliveries({ table, retentionMs });
  const delivery: TriedDelivery = {
    tenant: 'default',
    subjectId: 'task_1',
    eventId: 'evt_1_10',
    eventType: 'completed',
    url: 'https://hook.example/',
    status: 'pending',
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
      ['evt_1_9', 'pending', 1],
      ['evt_1_10', 'delivered', 2],
    ],
  );
  assert.deepEqual(await deliveries.list('other', 'task_1'), []);
});

test('the oldest change told of is kept by ten seconds, for whoever asks for what came since', async (t) => {
  const eventLag = createDynamoEventLag({ table: await startTable(t), retentionMs });
  const start = Math.floor(now / 60_000) * 60_000;
  assert.equal(await eventLag.oldestAfter(start), start - 7_000, 'what is not late needs no row');
  await eventLag.note(start - 600_000, start);
  await eventLag.note(start - 5_000, start + 9_999);
  const oldest = (since: number) => eventLag.oldestAfter(start + since).then((time) => time - start);
  assert.equal(await oldest(9_000), -600_000, 'the oldest of its ten seconds');
  assert.equal(await oldest(-3_600_000), -3_607_000, 'of changes after that time nothing is left out anyway');
  await eventLag.note(start + 20_000, start + 50_000);
  assert.equal(await oldest(0), -600_000, 'a younger one of later does not take its place');
  assert.equal(await oldest(17_999), -600_000, 'also for what was sent while the note held');
  assert.equal(await oldest(18_000), 11_000);
  assert.equal(await oldest(30_000), 20_000, 'that one counts for all who saw nothing younger');
  assert.equal(await oldest(68_000), 61_000);
});

test('tasks that ended late are noted once, and listed from any time on, the newest first', async (t) => {
  const lateChanges = createDynamoLateChanges({ table: await startTable(t), retentionMs });
  const ends = Array.from({ length: 40 }, (_, at) => ({ taskId: `task_${at}`, changedAt: now + at }));
  await lateChanges.note('default', [...ends, ...ends]);
  await lateChanges.note('default', []);
  await lateChanges.note('other', [{ taskId: 'task_x', changedAt: now + 50 }]);
  assert.deepEqual(await lateChanges.after('default', now + 10, 100), ends.slice(10).reverse());
  assert.deepEqual(await lateChanges.after('default', now, 3), ends.slice(-3).reverse());
  assert.deepEqual(await lateChanges.after('nobody', 0, 3), []);
});

test('an increment that names no counter is refused, and one that fails is answered with its cause', async (t) => {
  const counters = createDynamoCounters({ table: await startTable(t) });
  const increment = { amounts: { requests: 1 }, set: {}, once: {} };
  const wrong = ['SEMAPHORE|LEASES', 'TICKET#a|b', 'METRICS', 'PROVIDER#|STATS'];
  const known = ['METRICS|TASKS', 'STATS#default|TOTAL', 'PROVIDER#my|kimi|STATS'];
  const { left, error } = await counters.add(
    [...wrong, ...known].map((counter) => ({ counter, ...increment })),
  );
  assert.deepEqual(left.map(({ counter }) => counter).sort(), wrong.sort());
  assert.match(String(error), /no counter/);
});
