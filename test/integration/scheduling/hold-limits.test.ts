import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createDynamoRateLimiter } from '../../../adapters/dynamo-rate-limiter.ts';
import { createDynamoSlotStore } from '../../../adapters/dynamo-slot-store.ts';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { createDynamoWaitingTasks } from '../../../adapters/dynamo-waiting-tasks.ts';
import type { RateLimiter } from '../../../core/scheduling/rate-limiter.ts';
import { createRequestRate } from '../../../core/scheduling/request-rate.ts';
import type { SlotSettings } from '../../../core/scheduling/slot-settings.ts';
import { createSlots } from '../../../core/scheduling/slots.ts';
import { startStateTable } from '../providers/start-state-table.ts';
import { loseAnswers } from './lose-answers.ts';

const cleanups: (() => Promise<void>)[] = [];
let table: DynamoTable;
let rates: RateLimiter;
before(async () => {
  ({ table } = await startStateTable({ after: (clean) => cleanups.push(clean) }));
  rates = createDynamoRateLimiter({ table });
});
beforeEach(async () => void (await table.delete({ pk: 'SEMAPHORE', sk: 'LEASES' })));
after(() => Promise.all(cleanups.map((clean) => clean())));

const now = 1_800_000_000_000;
const leaseMs = 60_000;

/** The slots of one worker's environment, whose clock is set by hand. */
function openSlots(limits: Partial<SlotSettings>, hostStartedAt = 0, slotTable = table) {
  const clock = { now };
  /** Providers to which a ticket was sent. */
  const sent: string[] = [];
  const slots = createSlots({
    store: createDynamoSlotStore({ table: slotTable }),
    waiting: createDynamoWaitingTasks({ table }),
    settings: { provider: 'kimi', providers: ['kimi', 'qwen'], typeLimits: {}, ...limits },
    sendTicket: async (provider) => void sent.push(provider),
    wake: () => assert.fail('no task waits'),
    hostStartedAt,
    clock: () => clock.now,
    random: () => 0.5,
  });
  return { ...slots, clock, sent };
}

async function counters() {
  const { l, ...item } = (await table.get({ pk: 'SEMAPHORE', sk: 'LEASES' })) ?? {};
  const counts = Object.entries(item).filter(([name]) => /^[np]_/.test(name));
  return { leases: Object.keys((l as object) ?? {}), counts: Object.fromEntries(counts) };
}

const repeat = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));

test('of forty at once exactly the tightest level get in, and the rest is parked at the level that is full', async () => {
  const slots = openSlots({ globalLimit: 20, providerLimit: 8, typeLimits: { translation: 10 } });
  const outcomes = await repeat(40, (index) => slots.acquire(`holder-${index}`));
  const held = outcomes.flatMap((outcome, index) => (outcome === 'held' ? [`holder-${index}`] : []));
  assert.equal(held.length, 8);
  for (const holder of held) assert.equal(await slots.acquireType(holder, 'translation'), 'held');
  const { leases, counts } = await counters();
  assert.deepEqual(leases.sort(), held.sort());
  assert.deepEqual(counts, {
    n_global: 8,
    n_provider_kimi: 8,
    n_type_translation: 8,
    p_provider_kimi_kimi: 32,
  });
});

test('of forty at once exactly as many get a slot of the type as it has', async () => {
  const slots = openSlots({ typeLimits: { translation: 10 } });
  const outcomes = await repeat(40, (index) => slots.acquireType(`holder-${index}`, 'translation'));
  assert.equal(outcomes.filter((outcome) => outcome === 'held').length, 10);
  assert.deepEqual((await counters()).counts, { n_type_translation: 10 });
});

test('a released slot is free once, however often it is released', async () => {
  const slots = openSlots({ globalLimit: 1 });
  await slots.acquire('a');
  await slots.release('a');
  await slots.release('a');
  assert.deepEqual(await counters(), { leases: [], counts: { n_global: 0 } });
});

test('a slot of a type that the holder has already is counted once', async () => {
  const slots = openSlots({ globalLimit: 5, typeLimits: { custom: 2 } });
  await slots.acquire('a');
  for (let i = 0; i < 3; i += 1) assert.equal(await slots.acquireType('a', 'custom'), 'held');
  assert.deepEqual((await counters()).counts, { n_global: 1, n_type_custom: 1 });
  await slots.release('a');
  assert.deepEqual(await counters(), { leases: [], counts: { n_global: 0, n_type_custom: 0 } });
});

test('the slots of crashed holders are free one lease time later', async () => {
  const dead = openSlots({ globalLimit: 30 });
  for (let i = 0; i < 30; i += 1) await dead.acquire(`dead-${i}`);
  const slots = openSlots({ globalLimit: 30 });
  slots.clock.now = now + leaseMs - 1_000;
  assert.equal(await slots.acquire('early'), 'parked');
  slots.clock.now = now + leaseMs + 1;
  for (let i = 0; i < 30; i += 1) assert.equal(await slots.acquire(`next-${i}`), 'held');
  const { leases, counts } = await counters();
  assert.deepEqual([leases.length, counts.n_global], [30, 30]);
});

test('a renewed lease is not reaped, an ended one is', async () => {
  const slots = openSlots({ globalLimit: 2 });
  await slots.acquire('kept');
  await slots.acquire('ended');
  slots.clock.now = now + leaseMs - 1_000;
  assert.equal(await slots.renew('kept'), true);
  const others = openSlots({ globalLimit: 2 });
  others.clock.now = now + leaseMs + 1;
  assert.equal(await others.acquire('next'), 'held');
  assert.equal(await others.acquire('after'), 'parked');
  assert.equal(await slots.renew('ended'), false);
  assert.equal(await slots.renew('kept'), true);
  const { leases, counts } = await counters();
  assert.deepEqual([leases.sort(), counts.n_global], [['kept', 'next'], 2]);
});

test('leases from before the host started are dead', async () => {
  await openSlots({ globalLimit: 1 }).acquire('old');
  const restarted = openSlots({ globalLimit: 1 }, now + 1);
  restarted.clock.now = now + 2;
  assert.equal(await restarted.acquire('new'), 'held');
});

test('a slot of the type is taken besides, and all are released together', async () => {
  const slots = openSlots({ globalLimit: 5, typeLimits: { custom: 1 } });
  await slots.acquire('a');
  assert.equal(await slots.acquireType('a', 'custom'), 'held');
  await slots.acquire('b');
  assert.equal(await slots.acquireType('b', 'custom'), 'full');
  await slots.release('a');
  assert.deepEqual(await counters(), { leases: ['b'], counts: { n_global: 1, n_type_custom: 0 } });
});

test('whoever frees a slot goes on in the place of a parked ticket, which is then owed no more', async () => {
  const slots = openSlots({ globalLimit: 1 });
  await slots.acquire('a');
  assert.equal(await slots.acquire('b'), 'parked');
  assert.equal(await slots.acquire('c'), 'parked');
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'ticket' });
  assert.deepEqual(await counters(), { leases: ['a'], counts: { n_global: 1, p_global_kimi: 1 } });
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'ticket' });
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(await counters(), { leases: [], counts: { n_global: 0, p_global_kimi: 0 } });
});

test('whoever frees a slot for another provider sends it a ticket, once', async () => {
  const [kimi, qwen] = [openSlots({ globalLimit: 1 }), openSlots({ globalLimit: 1, provider: 'qwen' })];
  await kimi.acquire('a');
  assert.equal(await qwen.acquire('b'), 'parked');
  assert.deepEqual(await kimi.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(kimi.sent, ['qwen']);
  assert.deepEqual(await counters(), { leases: [], counts: { n_global: 0, p_global_qwen: 0 } });
});

test('that ticket is sent also when the answer was lost that freed the slot', async () => {
  const kimi = openSlots({ globalLimit: 1 }, 0, loseAnswers(table));
  await kimi.acquire('a');
  await openSlots({ globalLimit: 1, provider: 'qwen' }).acquire('b');
  assert.deepEqual(await kimi.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(kimi.sent, ['qwen']);
  assert.deepEqual(await counters(), { leases: [], counts: { n_global: 0, p_global_qwen: 0 } });
});

test('of fifty at once as many pass as the burst holds', async () => {
  const bucket = randomUUID();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => rates.take(bucket, 1, { perMinute: 60, burst: 5 }, now)),
  );
  assert.equal(outcomes.filter(({ granted }) => granted).length, 5);
  const denied = outcomes.find(({ granted }) => !granted);
  assert.deepEqual(denied, { granted: false, retryAt: now + 1_000 });
});

test('a cost above the burst passes when the bucket is idle, and is paid off before the next', async () => {
  const bucket = randomUUID();
  const rate = { perMinute: 60, burst: 5 };
  assert.deepEqual(await rates.take(bucket, 20, rate, now), { granted: true });
  assert.deepEqual(await rates.take(bucket, 1, rate, now), { granted: false, retryAt: now + 16_000 });
  await rates.settle(bucket, -20, 60);
  assert.deepEqual(await rates.take(bucket, 1, rate, now + 1), { granted: true });
});

test('a start that is given back twice, after a lost answer, is given back once', async () => {
  const bucket = randomUUID();
  const rate = { perMinute: 60, burst: 2 };
  for (let start = 0; start < 2; start += 1)
    assert.deepEqual(await rates.take(bucket, 1, rate, now), { granted: true });
  await createDynamoRateLimiter({ table: loseAnswers(table) }).settle(bucket, -1, 60);
  assert.deepEqual(await rates.take(bucket, 1, rate, now), { granted: true });
  assert.equal((await rates.take(bucket, 1, rate, now)).granted, false);
});

test('starts are booked one interval apart, whoever asks', async () => {
  const bucket = randomUUID();
  const starts = await Promise.all(Array.from({ length: 20 }, () => rates.book(bucket, 200, now)));
  assert.deepEqual(
    starts.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => now + i * 200),
  );
  assert.equal(await rates.bookedUntil(bucket), now + 20 * 200);
});

test('in any minute no more start than the limit says, though a whole line comes late and at once', async () => {
  const limit = 300;
  const requestRate = createRequestRate({ rates, provider: randomUUID(), requestsPerMinute: limit });
  const tickets = Array.from({ length: 120 }, () => ({ at: now }));
  const starts: number[] = [];
  const come = async (ticket: (typeof tickets)[number], at: number) => {
    const again = await requestRate.admit(at);
    if (again === undefined) starts.push(at);
    else ticket.at = Math.ceil(again / 1_000) * 1_000;
    return again === undefined;
  };
  let waiting = tickets;
  const round = async (at: number, due: typeof tickets) => {
    const through = await Promise.all(due.map((ticket) => come(ticket, at)));
    waiting = waiting.filter((ticket) => !due.includes(ticket) || !through[due.indexOf(ticket)]);
  };
  await round(now, waiting);
  // Nobody could start for half a minute: all 120 are due, and come together.
  for (let at = now + 30_000; waiting.length > 0 && at < now + 120_000; at += 1_000)
    await round(
      at,
      waiting.filter((ticket) => ticket.at <= at),
    );
  assert.equal(starts.length, 120);
  const within = (from: number, ms: number) =>
    starts.filter((start) => start >= from && start < from + ms).length;
  for (const from of starts) {
    assert.ok(within(from, 60_000) <= limit, `${within(from, 60_000)} in the minute from ${from - now}`);
    assert.ok(within(from, 1_000) <= 10, `${within(from, 1_000)} in the second from ${from - now}`);
  }
});
