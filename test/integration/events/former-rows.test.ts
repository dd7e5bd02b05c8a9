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
import { createDynamoSlotStore } from '../../../adapters/dynamo-slot-store.ts';
import { createDynamoSubscriptions } from '../../../adapters/dynamo-subscriptions.ts';
import { createDynamoSweepState } from '../../../adapters/dynamo-sweep-state.ts';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { createDynamoTaskStore } from '../../../adapters/dynamo-task-store.ts';
import { createDynamoWaitingTasks } from '../../../adapters/dynamo-waiting-tasks.ts';
import { parseTaskMessage } from '../../../adapters/sqs-task-queues.ts';
import { parkingKey } from '../../../core/scheduling/slot-store.ts';
import { createSlots } from '../../../core/scheduling/slots.ts';
import { startFormerTable } from '../providers/start-former-table.ts';

const now = 1_800_000_000_000;

const result =
  '{"content":"ja","finishReason":"stop","cached":false,"usage":{"promptTokens":10,"completionTokens":20},"costUsd":0.5,"latencyMs":812}';

const leasesKey = { pk: 'SEMAPHORE', sk: 'LEASES' };

/** Slots of a provider of 1 in a service of 2. */
function openSlots(table: DynamoTable) {
  const store = createDynamoSlotStore({ table });
  const slots = createSlots({
    store,
    waiting: createDynamoWaitingTasks({ table }),
    settings: { provider: 'a-b', providers: ['a-b'], globalLimit: 2, providerLimit: 1, typeLimits: {} },
    sendTicket: () => assert.fail('nobody waits'),
    wake: () => assert.fail('nobody waits'),
    clock: () => now,
    random: () => 0.5,
  });
  return { store, slots };
}

test('limits go on from where they are: leases, buckets, health, what a sweep left', async (t) => {
  const l = {
    'lease-1': `global|provider_a-b|${now}|${now + 2_000}`,
    'lease-2': `global|${now - 90_000}|${now - 1}`,
  };
  const table = await startFormerTable(
    t,
    { ...leasesKey, l, n_global: 2, n_provider_a_b: 1 },
    { pk: 'RATE#kimi', sk: 'BUCKET', tat: now + 666.6 },
    { pk: 'PROVIDER#kimi', sk: 'HEALTH', failures: 5, open_until: now + 5_000, openings: 1 },
    { pk: 'PROVIDER#kimi', sk: 'SWEEP', missing: 3, at: now - 60_000 },
  );
  const { store, slots } = openSlots(table);
  assert.equal(await slots.acquire('lease-3'), 'parked');
  const { leases, taken, parkedTickets } = await store.read();
  assert.deepEqual([...leases.keys()], ['lease-1'], 'the dead one was reaped, the other still holds');
  assert.deepEqual([taken('global'), taken('provider_a-b')], [1, 1]);
  assert.equal(parkedTickets(parkingKey('provider_a-b', 'a-b')), 1, 'at the level that is full');

  const freed = await store.change({ holder: 'lease-1', from: leases.get('lease-1'), to: undefined });
  assert.equal(freed.applied, true);
  assert.equal(await slots.acquire('lease-3'), 'held');
  const row = await table.get(leasesKey);
  assert.deepEqual([row?.n_global, row?.n_provider_a_b], [1, 1]);
  const written = { levels: ['global', 'provider_a-b'], from: now, until: now + 60_000 };
  assert.deepEqual([...(await store.read()).leases], [['lease-3', written]]);

  const rates = createDynamoRateLimiter({ table });
  assert.equal(await rates.bookedUntil('kimi'), now + 666.6);
  const refused = await rates.take('kimi', 1, { perMinute: 60, burst: 1 }, now);
  assert.deepEqual(refused, { granted: false, retryAt: now + 666.6 });

  const decision = await createDynamoCircuitBreaker({ table }).check('kimi', now);
  assert.deepEqual(decision, { kind: 'wait', until: now + 5_000, reason: 'circuit_open', failover: true });
  const sweep = createDynamoSweepState({ table });
  assert.equal(await sweep.read('kimi'), undefined, 'what it had seen was counted in another way');
  const seen = { missingTickets: 1, counts: '{}', lostTasks: [], idleSlots: [], youngestStarted: {} };
  await sweep.write('kimi', seen, now);
  assert.deepEqual(await sweep.read('kimi'), seen);
});

test('a lease that counted a level twice gives both back', async (t) => {
  const l = { 'lease-1': `global|type_custom|type_custom|${now - 90_000}|${now - 1}` };
  const table = await startFormerTable(t, { ...leasesKey, l, n_global: 1, n_type_custom: 2 });
  const store = createDynamoSlotStore({ table });
  const from = (await store.read()).leases.get('lease-1');
  const freed = await store.change({ holder: 'lease-1', from, to: undefined });
  assert.deepEqual([freed.table.taken('global'), freed.table.taken('type_custom')], [0, 0]);
});

/** META of a task, and the body of its message. */
function formerTask(taskId: string, members: object = {}) {
  const row = {
    pk: `default#${taskId}`,
    sk: 'META',
    kind: 'task',
    tenant: 'default',
    task_id: taskId,
    type: 'custom',
    status: 'queued',
    last_event: 'queued',
    version: 1,
    priority: 'normal',
    created_at: now - 100_000,
    changed_at: now - 100_000,
    deadline_at: now + 800_000,
    attempts: 0,
    provider_attempts: 0,
    hops: 0,
    provider: 'kimi',
    model: 'k2',
    config: '{"maxRetries":3,"failover":true,"strategy":"balanced"}',
    estimated_tokens: 100,
    list_pk: 'default',
    list_sk: `2027-01-15T08:00:00.000Z#${taskId}`,
    open_pk: 'kimi',
    open_sk: `001800000800000#default#${taskId}`,
    ...members,
  };
  const { deadline_at: deadlineAt, estimated_tokens: estimatedTokens } = row;
  const body = { tenant: 'default', taskId, type: 'custom', deadlineAt, estimatedTokens, cacheKey: null };
  return { row, body: JSON.stringify(body) };
}

test('tasks go on from where they are: messages, leases, inputs, attempts', async (t) => {
  const running = { status: 'processing', last_event: 'processing', attempts: 1, provider_attempts: 1 };
  const waits = formerTask('task_waits');
  const runs = formerTask('task_runs', { ...running, lease_until: now + 5_000, lease_from: now - 40_000 });
  const lost = formerTask('task_lost', { ...running, lease_until: now - 1, lease_from: now - 45_001 });
  const large = { pk: 'default#task_waits', sk: 'INPUT', object_key: 'default/task_waits/input.json' };
  const small = { pk: 'default#task_lost', sk: 'INPUT', body: '{"prompt":"small"}' };
  const table = await startFormerTable(t, waits.row, runs.row, lost.row, large, small);
  const objects = new Map([['default/task_waits/input.json', '{"prompt":"large"}']]);
  const payloads = {
    get: async (key: string) => objects.get(key),
    put: () => assert.fail('nothing is large'),
    delete: () => assert.fail('nothing is large'),
  };
  const store = createDynamoTaskStore({ table, payloads, retentionMs: 1, clock: () => 0 });
  const claim = (body: string, claimant: string) =>
    store.claim(parseTaskMessage(body), 'kimi', claimant, now, now + 45_000);

  const message = parseTaskMessage(waits.body);
  assert.deepEqual(
    [message.createdAt, message.revision],
    [0, 0],
    'as old as can be, and never stale by itself',
  );
  assert.deepEqual(await store.readInput(message), { prompt: 'large' });
  const lower = await store.reprioritize(message, 'low', 0);
  assert.deepEqual([lower?.changed, lower?.task.revision], [true, 1]);
  assert.deepEqual(await claim(waits.body, 'a'), { kind: 'stale' }, 'another message stands for it now');

  assert.deepEqual(await claim(runs.body, 'a'), { kind: 'leased', leaseUntil: now + 5_000 });

  const claimed = await claim(lost.body, 'a');
  assert.ok(claimed.kind === 'claimed');
  const { task } = claimed;
  assert.deepEqual([task.attempts, task.timeline, task.notBefore], [2, [], null]);
  assert.deepEqual(await store.readInput(task), { prompt: 'small' });
  const { attempts: attempt, provider, model } = task;
  const ended = { endedAt: now + 9, outcome: 'completed', code: null, usage: null, costUsd: 0.5 } as const;
  const record = { attempt, provider, model, waitedFor: null, startedAt: now, ...ended };
  assert.equal(await store.complete(task, JSON.parse(result), record), true);
  assert.deepEqual((await store.get(task))?.timeline, [record]);
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
    { pk: 'EVENTS', sk: `LATENESS#00${now / 60_000}`, late_ms: 20_000, ttl },
  );
  const eventLag = createDynamoEventLag({ table, retentionMs: 1 });
  assert.equal(await eventLag.oldestAfter(now + 67_000), now + 67_000 - 28_000);
  assert.equal(await eventLag.oldestAfter(now + 68_000), now + 61_000);
  assert.deepEqual(await createDynamoConnectionPasses({ table }).redeem('pass', now), { tenant: 'default' });

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
    status: 'pending',
    attempts: 1,
    lastAttemptAt: now,
    lastStatus: null,
    lastError: 'x',
    nextAttemptAt: now + 1,
  });

  const tasks = [{ taskId: 'task_2', place: 1, status: 'failed' as const }];
  const progress = createDynamoBatchProgress({ table, retentionMs: 1 });
  await progress.add({ tenant: 'default', batchId: 'batch_1', tasks, changedAt: now + 4 }, now + 5);
  const batches = createDynamoBatchStore({ table, retentionMs: 1, clock: () => now });
  const { completedAt, version, callbackUrl } = (await batches.get('default', 'batch_1')) ?? {};
  assert.deepEqual([completedAt, version, callbackUrl], [now + 5, 2, 'u']);
  const member = { tenant: 'default', batchId: 'batch_1', batchIndex: 0, taskId: 'task_1' };
  assert.equal(await batches.hasTask(member), true, 'it has no seed to tell its tasks by');

  const cached = { ...JSON.parse(result), cached: true, costUsd: 0, latencyMs: 0 };
  const cache = createDynamoResultCache({ table });
  assert.deepEqual(await cache.join('key', 'task_1', now, now + 1), { kind: 'hit', result: cached });
});

test('an error about a row that cannot be read names its attribute', async (t) => {
  const table = await startFormerTable(
    t,
    { pk: 'SEMAPHORE', sk: 'LEASES', l: { id: 'secret' } },
    { pk: 'RATE#kimi', sk: 'BUCKET', tat: 'secret' },
    { pk: 'EVENTS', sk: 'LATENESS#0030000000', late_ms: 'secret' },
  );
  const refused = (promise: Promise<unknown>, words: RegExp) =>
    assert.rejects(promise, ({ message }: Error) => words.test(message) && !/secret/.test(message));
  await refused(createDynamoSlotStore({ table }).read(), /table of slots cannot be read: l: /);
  await refused(createDynamoRateLimiter({ table }).bookedUntil('kimi'), /rate bucket cannot be read: tat: /);
  await refused(
    createDynamoEventLag({ table, retentionMs: 1 }).oldestAfter(now),
    /event lag cannot be read: late_ms: /,
  );
});
