import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createDynamoRateLimiter } from '../../../adapters/dynamo-rate-limiter.ts';
import { createDynamoSemaphore } from '../../../adapters/dynamo-semaphore.ts';
import type { RateLimiter } from '../../../core/scheduling/rate-limiter.ts';
import { createRequestRate } from '../../../core/scheduling/request-rate.ts';
import { startStores } from './start-stores.ts';

let stores: Awaited<ReturnType<typeof startStores>>;
let rates: RateLimiter;
before(async () => {
  stores = await startStores();
  rates = createDynamoRateLimiter({ table: stores.stateTable });
});
beforeEach(() => stores.stateTable.delete({ pk: 'SEMAPHORE', sk: 'LEASES' }));
after(() => stores.service.stop());

const now = 1_800_000_000_000;
const levels = { global: 20, provider_kimi: 8, type_translation: 10 };

async function counters() {
  const { l, ...item } = (await stores.stateTable.get({ pk: 'SEMAPHORE', sk: 'LEASES' })) ?? {};
  const counts = Object.entries(item).filter(([name]) => name.startsWith('n_'));
  return { leases: Object.keys((l as object) ?? {}).length, counts: Object.fromEntries(counts) };
}

test('of forty at once exactly the tightest level get in, and the full level is named', async () => {
  const semaphore = createDynamoSemaphore({ table: stores.stateTable });
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, (_, i) => semaphore.acquire(`lease-${i}`, levels, now, now + 60_000)),
  );
  assert.equal(outcomes.filter(({ acquired }) => acquired).length, 8);
  const refused = outcomes.find(({ acquired }) => !acquired);
  assert.deepEqual(refused, { acquired: false, full: ['provider_kimi'] });
  assert.deepEqual(await counters(), {
    leases: 8,
    counts: { n_global: 8, n_provider_kimi: 8, n_type_translation: 8 },
  });
});

test('a released place is free once, however often it is released', async () => {
  const semaphore = createDynamoSemaphore({ table: stores.stateTable });
  await semaphore.acquire('a', { global: 1 }, now, now + 60_000);
  await semaphore.release('a');
  await semaphore.release('a');
  assert.deepEqual(await counters(), { leases: 0, counts: { n_global: 0 } });
});

test('the places of crashed holders are free one lease time later', async () => {
  const semaphore = createDynamoSemaphore({ table: stores.stateTable });
  for (let i = 0; i < 30; i += 1) await semaphore.acquire(`dead-${i}`, { global: 30 }, now, now + 60_000);
  const early = await semaphore.acquire('early', { global: 30 }, now + 59_000, now + 120_000);
  assert.equal(early.acquired, false);
  for (let i = 0; i < 30; i += 1) {
    const outcome = await semaphore.acquire(`next-${i}`, { global: 30 }, now + 60_001, now + 120_001);
    assert.equal(outcome.acquired, true);
  }
  assert.deepEqual(await counters(), { leases: 30, counts: { n_global: 30 } });
});

test('a renewed lease is not reaped, an ended one is', async () => {
  const semaphore = createDynamoSemaphore({ table: stores.stateTable });
  await semaphore.acquire('kept', { global: 2 }, now, now + 60_000);
  await semaphore.acquire('ended', { global: 2 }, now, now + 60_000);
  assert.equal(await semaphore.renew('kept', now + 120_000), true);
  assert.equal(await semaphore.reap(now + 60_001), 1);
  assert.equal(await semaphore.renew('ended', now + 180_000), false);
  assert.deepEqual(await counters(), { leases: 1, counts: { n_global: 1 } });
});

test('leases from before the host started are dead', async () => {
  await createDynamoSemaphore({ table: stores.stateTable }).acquire('old', { global: 1 }, now, now + 60_000);
  const restarted = createDynamoSemaphore({ table: stores.stateTable, hostStartedAt: now + 1 });
  const outcome = await restarted.acquire('new', { global: 1 }, now + 2, now + 60_000);
  assert.equal(outcome.acquired, true);
});

test('one more level is taken for a lease, and all are released together', async () => {
  const semaphore = createDynamoSemaphore({ table: stores.stateTable });
  await semaphore.acquire('a', { global: 5 }, now, now + 60_000);
  assert.equal((await semaphore.extend('a', 'type_custom', 1, now, now + 60_000)).acquired, true);
  await semaphore.acquire('b', { global: 5 }, now, now + 60_000);
  assert.equal((await semaphore.extend('b', 'type_custom', 1, now, now + 60_000)).acquired, false);
  await semaphore.release('a');
  assert.deepEqual(await counters(), { leases: 1, counts: { n_global: 1, n_type_custom: 0 } });
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
