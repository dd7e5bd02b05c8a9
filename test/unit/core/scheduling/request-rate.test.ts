import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookingBucket, createRequestRate } from '../../../../core/scheduling/request-rate.ts';
import { createMemoryRates } from '../../../fakes/scheduling/memory-accounts.ts';

const now = 1_800_000_000_000;
const minute = 60_000;

function setUp(requestsPerMinute: number | undefined) {
  const rates = createMemoryRates();
  return { rates, rate: createRequestRate({ rates, provider: 'kimi', requestsPerMinute }) };
}

test('without a limit everybody goes at once, and nobody is asked', async () => {
  const { rate, rates } = setUp(undefined);
  for (let call = 0; call < 1_000; call += 1) assert.equal(await rate.admit(now), undefined);
  assert.equal(await rate.admitsNow(now), true);
  await rate.release();
  assert.equal(await rates.bookedUntil(bookingBucket('kimi')), 0);
  assert.equal(await rates.bookedUntil('kimi#starts'), 0);
});

for (const limit of [1, 3, 20, 60, 300, 1_000])
  test(`of everybody who asks all the time, in no minute more than ${limit} go, and nearly so many`, async () => {
    const { rate } = setUp(limit);
    const starts: number[] = [];
    for (let at = now; at < now + 3 * minute; at += 50)
      if ((await rate.admit(at)) === undefined) starts.push(at);
    const most = Math.max(
      ...starts.map((from) => starts.filter((at) => at >= from && at < from + minute).length),
    );
    assert.ok(most <= limit, `${most}`);
    assert.ok(starts.length >= Math.floor(3 * limit * 0.95), `${starts.length} in three minutes`);
  });

test('a start is taken once: two percent of the limit at once, then each at its time', async () => {
  const { rate } = setUp(100);
  let gone = 0;
  while ((await rate.admit(now)) === undefined) gone += 1;
  assert.equal(gone, 2);
});

test('who is refused gets a time of its own, a little closer together than starts', async () => {
  const { rate, rates } = setUp(60);
  // 60 × 0.988 − 1 a minute after a burst of two, and bookings two percent closer.
  const startEvery = minute / 58.28;
  const bookEvery = startEvery / 1.02;
  assert.equal(await rate.admit(now), undefined);
  assert.equal(await rate.admit(now), undefined);
  const first = await rate.admit(now);
  const second = await rate.admit(now);
  const third = await rate.admit(now);
  assert.equal(first, now + startEvery);
  assert.equal(second, now + startEvery);
  assert.equal(third, now + 2 * bookEvery);
  assert.equal(await rates.bookedUntil(bookingBucket('kimi')), now + 3 * bookEvery);
});

test('a start that was not used is another’s', async () => {
  const { rate } = setUp(60);
  while ((await rate.admit(now)) === undefined);
  await rate.release();
  assert.equal(await rate.admit(now), undefined);
  assert.notEqual(await rate.admit(now), undefined);
});

test('a call that no ticket stands for takes a start, or is refused and books nothing', async () => {
  const { rate, rates } = setUp(60);
  assert.deepEqual([await rate.admitsNow(now), await rate.admitsNow(now)], [true, true]);
  assert.equal(await rate.admitsNow(now), false);
  assert.equal(await rates.bookedUntil(bookingBucket('kimi')), 0);
  assert.notEqual(await rate.admit(now), undefined, 'both were the same two starts');
});

test('starts of one provider are none of another’s', async () => {
  const { rate, rates } = setUp(60);
  const other = createRequestRate({ rates, provider: 'qwen', requestsPerMinute: 60 });
  while (await rate.admitsNow(now));
  assert.equal(await other.admitsNow(now), true);
});
