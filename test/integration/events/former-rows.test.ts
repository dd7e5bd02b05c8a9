import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoBatchProgress } from '../../../adapters/dynamo-batch-progress.ts';
import { createDynamoBatchStore } from '../../../adapters/dynamo-batch-store.ts';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoConnectionPasses } from '../../../adapters/dynamo-connection-passes.ts';
import { createDynamoDeliveries } from '../../../adapters/dynamo-deliveries.ts';
import { createDynamoEventLag } from '../../../adapters/dynamo-event-lag.ts';
import { createDynamoRateLimiter } from '../../../adapters/dynamo-rate-limiter.ts';
import { createDynamoResultCache } from '../../../adapters/dynamo-result-cache.ts';
import { createDynamoSemaphore } from '../../../adapters/dynamo-semaphore.ts';
import { createDynamoStatistics } from '../../../adapters/dynamo-statistics.ts';
import { createDynamoSubscriptions } from '../../../adapters/dynamo-subscriptions.ts';
import { createDynamoSweepState } from '../../../adapters/dynamo-sweep-state.ts';
import { startFormerTable } from '../providers/start-former-table.ts';

const now = 1_800_000_000_000;

const result =
  '{"content":"ja","finishReason":"stop","cached":false,"usage":{"promptTokens":10,"completionTokens":20},"costUsd":0.5,"latencyMs":812}';

test('rows of a former version are read: leases, buckets, health, the state of a sweep', async (t) => {
  const l = {
    'lease-1': `global|provider_a-b|${now}|${now + 2_000}`,
    'lease-2': `global|${now - 90_000}|${now - 1}`,
  };
  const table = await startFormerTable(
    t,
    { pk: 'SEMAPHORE', sk: 'LEASES', l, n_global: 2, n_provider_a_b: 1 },
    { pk: 'RATE#kimi', sk: 'BUCKET', tat: now + 666.6 },
    { pk: 'PROVIDER#kimi', sk: 'HEALTH', failures: 5, open_until: now + 5_000, openings: 1 },
    { pk: 'PROVIDER#kimi', sk: 'SWEEP', missing: 3, at: now - 60_000 },
  );
  const semaphore = createDynamoSemaphore({ table });
  const both = { global: 2, 'provider_a-b': 1 };
  assert.deepEqual(await semaphore.acquire('lease-3', both, now, now + 9), {
    acquired: false,
    full: ['provider_a-b'],
  });
  await semaphore.release('lease-1');
  assert.equal((await semaphore.acquire('lease-3', both, now, now + 9)).acquired, true);
  const row = await table.get({ pk: 'SEMAPHORE', sk: 'LEASES' });
  assert.deepEqual([row?.n_global, row?.n_provider_a_b], [1, 1]);
  assert.deepEqual(row?.l, { 'lease-3': `global|provider_a-b|${now}|${now + 9}` });

  const rates = createDynamoRateLimiter({ table });
  assert.equal(await rates.bookedUntil('kimi'), now + 666.6);
  const refused = await rates.take('kimi', 1, { perMinute: 60, burst: 1 }, now);
  assert.deepEqual(refused, { granted: false, retryAt: now + 666.6 });

  const decision = await createDynamoCircuitBreaker({ table }).check('kimi', now);
  assert.deepEqual(decision, { kind: 'wait', until: now + 5_000, reason: 'circuit_open', failover: true });
  const sweep = createDynamoSweepState({ table });
  assert.deepEqual(await sweep.swapMissing('kimi', 0, now), { missing: 3, at: now - 60_000 });
  assert.deepEqual(await sweep.swapMissing('kimi', 0, now + 1), { missing: 0, at: now });
});

test('rows of a former version are read: passes, subscriptions, deliveries, event lag, batches, cached results', async (t) => {
  const [ttl, delivery] = [1_800_007_800, { pk: 'DELIVERY#default#task_1', sk: 'evt_1_2' }];
  const pass = 'TICKET#10_w7o2juYBrGMh32_KbveULW9jk2tejpyUAD-uC6PE';
  const named = { pk: 'CONNECTION#c2', sk: `FOLLOW#${now}#task#1`, topics: new Set(['task#1', 'batch#2']) };
  const batch = { pk: 'default#batch_1', sk: 'BATCH', kind: 'batch', tenant: 'default', batch_id: 'batch_1' };
  const table = await startFormerTable(
    t,
    { pk: pass, sk: 'TICKET', tenant: 'default', expires_at: now + 1, ttl },
    { pk: 'LISTEN#default', sk: 'ALL#c1', connected_at: now, ttl },
    { pk: 'LISTEN#default', sk: 'TOPICS#c2', connected_at: now, ttl },
    { pk: 'LISTEN#default#task#1', sk: 'c2', ttl },
    { pk: 'LISTEN#default#batch#2', sk: 'c2', ttl },
    { ...named, ttl },
    {
      ...delivery,
      event_type: 'completed',
      url: 'u',
      status: 'retrying',
      attempts: 1,
      ttl,
      last_attempt_at: now,
      last_status: null,
      last_error: 'x',
      next_attempt_at: now + 1,
    },
    { pk: 'EVENTS', sk: 'LATENESS', late_ms: 60_000, noted_at: now },
    {
      ...batch,
      total: 2,
      version: 1,
      created_at: now,
      callback_url: 'u',
      request_hash: 'h',
      ttl,
      started: new Set([0, 1]),
      completed: new Set([0]),
    },
    { pk: 'CACHE#key', sk: 'RESULT', result, expires_at: now + 1_000, ttl },
  );
  assert.equal(await createDynamoConnectionPasses({ table }).redeem('pass', now), 'default');

  const subscriptions = createDynamoSubscriptions({ table });
  assert.deepEqual(await subscriptions.subscribersToAll('default'), {
    all: [{ connectionId: 'c1', connectedAt: now }],
    someSubscribedById: true,
  });
  const task = { kind: 'task', id: '1' } as const;
  assert.equal((await subscriptions.subscribersTo('default', task)).length, 1);
  await subscriptions.remove('c2', 'default');
  assert.equal((await subscriptions.subscribersTo('default', task)).length, 0);
  assert.equal(await table.get({ pk: named.pk, sk: named.sk }), undefined);

  const [found] = await createDynamoDeliveries({ table, retentionMs: 1 }).list('default', 'task_1');
  assert.deepEqual(found, {
    tenant: 'default',
    subjectId: 'task_1',
    eventId: 'evt_1_2',
    eventType: 'completed',
    url: 'u',
    status: 'retrying',
    attempts: 1,
    lastAttemptAt: now,
    lastStatus: null,
    lastError: 'x',
    nextAttemptAt: now + 1,
  });
  assert.equal(await createDynamoEventLag({ table }).after(now), 68_000);

  const indexes = { started: [], completed: [], failed: [1], cancelled: [] };
  await createDynamoBatchProgress({ table, retentionMs: 1 }).add('default', 'batch_1', indexes, now + 5);
  const batches = createDynamoBatchStore({ table, retentionMs: 1 });
  const { completedAt, version, callbackUrl } = (await batches.get('default', 'batch_1')) ?? {};
  assert.deepEqual([completedAt, version, callbackUrl], [now + 5, 2, 'u']);
  const again = { tenant: 'default', batchId: 'batch_1', createdAt: now + 9, total: 2, callbackUrl: null };
  assert.deepEqual(await batches.create({ ...again, requestHash: 'other' }), {
    created: false,
    requestHash: 'h',
    createdAt: now,
  });

  const cached = { ...JSON.parse(result), cached: true, costUsd: 0, latencyMs: 0 };
  const cache = createDynamoResultCache({ table });
  assert.deepEqual(await cache.join('key', 'task_1', now, now + 1), { kind: 'hit', result: cached });
});

test('an error about a row that cannot be read names its attribute', async (t) => {
  const table = await startFormerTable(
    t,
    { pk: 'SEMAPHORE', sk: 'LEASES', l: { id: 'secret' } },
    { pk: 'RATE#kimi', sk: 'BUCKET', tat: 'secret' },
    { pk: 'STATS#default', sk: 'TOTAL', 'type:translation': 'secret' },
    { pk: 'EVENTS', sk: 'LATENESS', late_ms: 'secret', noted_at: now },
  );
  const refused = (promise: Promise<unknown>, words: RegExp) =>
    assert.rejects(promise, ({ message }: Error) => words.test(message) && !/secret/.test(message));
  await refused(createDynamoSemaphore({ table }).reap(now), /semaphore cannot be read: l: /);
  await refused(createDynamoRateLimiter({ table }).bookedUntil('kimi'), /rate bucket cannot be read: tat: /);
  await refused(
    createDynamoStatistics({ table }).readTenant('default'),
    /totals cannot be read: type:translation: /,
  );
  await refused(createDynamoEventLag({ table }).after(now), /event lag cannot be read: late_ms: /);
});
