import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenRate } from '../../../../core/scheduling/token-rate.ts';
import { createMemoryTokenAccounts } from '../../../fakes/scheduling/memory-accounts.ts';

const now = 1_800_000_000_000;

function setUp(tokensPerMinute: number | undefined) {
  const accounts = createMemoryTokenAccounts();
  const sent: [count: number, delayMs: number][] = [];
  const rate = createTokenRate({
    accounts,
    provider: 'kimi',
    tokensPerMinute,
    sendTickets: async (count, delayMs) => void sent.push([count, delayMs]),
  });
  return { rate, sent, read: () => accounts.read('kimi') };
}

test('without a limit every start is due, nothing is charged, and nobody is asked', async () => {
  const { rate, read } = setUp(undefined);
  assert.deepEqual(await rate.start(now), { kind: 'start', at: now, isPaced: false });
  assert.equal(await rate.charge(1e9, now), undefined);
  await rate.settle({ tokens: 1, second: 1 }, 5);
  await rate.returnStart();
  assert.equal(await read(), undefined);
});

test('until calls were seen they are taken for a thousand tokens, or a tenth of a small limit', async () => {
  const large = setUp(60_000);
  await large.rate.start(now);
  assert.equal((await large.read())?.meanTokens, 1_000);
  const small = setUp(2_000);
  await small.rate.start(now);
  assert.equal((await small.read())?.meanTokens, 200);
  const charged = setUp(2_000);
  await charged.rate.charge(200, now);
  assert.equal((await charged.read())?.meanTokens, 200);
  const returned = setUp(60_000);
  await returned.rate.returnStart();
  assert.equal((await returned.read())?.paceAt, -1_083.3333333333333);
});

test('each start sends the next parked ticket; who is parked or waits sends none', async () => {
  const { rate, sent, read } = setUp(10_000);
  assert.equal((await rate.start(now)).kind, 'start');
  assert.equal((await rate.start(now)).kind, 'wait');
  assert.equal((await rate.start(now)).kind, 'parked');
  assert.equal((await rate.start(now)).kind, 'parked');
  assert.deepEqual(sent, []);
  assert.equal((await read())?.parked, 2);
  // A minute later it lags by more than can be caught up: two at once.
  const late = { kind: 'start', at: now + 60_000, isPaced: false };
  assert.deepEqual(await rate.start(now + 60_000), late);
  assert.deepEqual(sent, [[1, 0]]);
  assert.equal((await read())?.parked, 1);
});

test('a start that is given back is due again', async () => {
  const { rate, read } = setUp(10_000);
  await rate.start(now);
  await rate.returnStart();
  assert.equal((await read())?.paceAt, now);
});

test('a charge says when the call may start; what was not used is charged to nobody', async () => {
  const { rate, read } = setUp(10_000);
  const charged = await rate.charge(4_000, now);
  assert.deepEqual(charged, { tokens: 4_000, second: now / 1_000 });
  assert.ok(charged);
  const before = await read();
  await rate.settle(charged, 4_000);
  assert.equal(await read(), before, 'as charged: nothing is written');
  await rate.settle(charged, 1_500);
  assert.deepEqual((await read())?.charges, [[now / 1_000, 1_500]]);
});

test('settling what nobody remembers charges what was used', async () => {
  const { rate, read } = setUp(10_000);
  await rate.settle({ tokens: 100, second: now / 1_000 }, 300);
  assert.deepEqual((await read())?.charges, [[now / 1_000, 200]]);
});
