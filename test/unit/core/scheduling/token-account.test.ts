import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  charge,
  decideStart,
  emptyAccount,
  returnStart,
  sendOverdue,
  sendParked,
  settle,
  type TokenAccount,
} from '../../../../core/scheduling/token-account.ts';

const now = 1_800_000_000_000;
const second = now / 1_000;
/** A call of the mean then comes due every 6.5 s, since a minute is counted as 65 s. */
const limit = 10_000;
const account = (members: Partial<TokenAccount> = {}): TokenAccount => ({
  ...emptyAccount(now, 1_000),
  ...members,
});

test('an account begins with nothing charged and its first start due', () => {
  assert.deepEqual(emptyAccount(now, 700), {
    paceAt: now,
    meanTokens: 700,
    charges: [],
    parked: 0,
    coming: 0,
    comingAt: 0,
  });
});

test('a start that is due moves the pace by what a call costs on average', () => {
  const { account: after, ...start } = decideStart(account({ coming: 2, comingAt: now }), limit, now);
  assert.deepEqual(start, { kind: 'start', at: now, isPaced: true });
  assert.deepEqual(after, account({ paceAt: now + 6_500, coming: 1, comingAt: now }));
});

test('a ticket that comes up to six seconds early takes its start and waits for it', () => {
  const paceAt = now + 6_000;
  const { account: after, ...start } = decideStart(account({ paceAt }), limit, now);
  assert.deepEqual(start, { kind: 'start', at: paceAt, isPaced: true });
  assert.deepEqual(after, account({ paceAt: paceAt + 6_500 }));
  assert.equal(decideStart(account({ paceAt: paceAt + 1 }), limit, now).kind, 'wait');
});

test('a start for which nobody was put off is not paced', () => {
  const start = decideStart(account({}), limit, now);
  assert.equal(start.kind === 'start' && start.isPaced, false);
});

test('a pace that lags is caught up by five seconds at most', () => {
  const next = (lagMs: number) =>
    decideStart(account({ paceAt: now - lagMs }), limit, now).account.paceAt - now;
  assert.equal(next(4_999), 1_501);
  assert.equal(next(5_000), 1_500);
  assert.equal(next(60_000), 1_500);
});

test('the first early ticket comes again two seconds before the next start, the others are parked', () => {
  const early = account({ paceAt: now + 20_000 });
  const { account: waiting, ...first } = decideStart(early, limit, now);
  assert.deepEqual(first, { kind: 'wait', until: now + 18_000 });
  assert.deepEqual(waiting, { ...early, coming: 1, comingAt: now + 18_000 });
  const { account: parked, ...second } = decideStart(waiting, limit, now);
  assert.deepEqual(second, { kind: 'parked' });
  assert.deepEqual(parked, { ...waiting, parked: 1 });
});

test('parking counts one ticket less as coming, and never none', () => {
  const held = account({ paceAt: now + 20_000, comingAt: now + 18_000, coming: 3 });
  assert.equal(decideStart(held, limit, now).account.coming, 2);
  assert.equal(decideStart({ ...held, coming: 1 }, limit, now).account.coming, 1);
});

test('the ticket that was on its way comes again when the pace was moved meanwhile, by clocks that differ', () => {
  const moved = account({ paceAt: now + 20_000, coming: 2, comingAt: now + 4_000 });
  const { account: after, ...start } = decideStart(moved, limit, now);
  assert.deepEqual(start, { kind: 'wait', until: now + 18_000 });
  assert.deepEqual(after, { ...moved, comingAt: now + 18_000 });
  assert.equal(decideStart({ ...moved, comingAt: now + 4_001 }, limit, now).kind, 'parked');
});

test('tickets that are twenty seconds late count as lost: another is sent for them', () => {
  const late = account({ paceAt: now + 20_000, coming: 5, comingAt: now - 20_001 });
  assert.equal(decideStart(late, limit, now).account.coming, 1);
  assert.equal(decideStart({ ...late, comingAt: now - 20_000 }, limit, now).account.coming, 5);
  const due = { ...late, paceAt: now };
  assert.equal(decideStart(due, limit, now).account.coming, 0);
  assert.equal(decideStart({ ...due, comingAt: now - 20_000 }, limit, now).account.coming, 4);
});

test('a start sends one parked ticket for the next, two seconds before it', () => {
  const parked = account({ paceAt: now + 10_000, parked: 3 });
  const { account: after, ...sent } = sendParked(parked, limit, now);
  assert.deepEqual(sent, { count: 1, delayMs: 8_000 });
  assert.deepEqual(after, { ...parked, parked: 2, coming: 1, comingAt: now + 8_000 });
});

test('as many are sent as can start soon, less those that are coming, never more than are parked', () => {
  const quick = account({ paceAt: now, meanTokens: 100, parked: 50 });
  // A start every 0.65 s, six seconds ahead: nine and the next.
  assert.equal(sendParked(quick, limit, now).count, 10);
  assert.equal(sendParked({ ...quick, coming: 4 }, limit, now).count, 6);
  assert.equal(sendParked({ ...quick, coming: 10 }, limit, now).count, 0);
  assert.equal(sendParked({ ...quick, coming: 11 }, limit, now).count, 0);
  assert.equal(sendParked({ ...quick, parked: 2 }, limit, now).count, 2);
  assert.equal(sendParked({ ...quick, meanTokens: 1 }, limit, now).count, 20);
  assert.equal(sendParked({ ...quick, coming: 4 }, limit, now).account.coming, 10);
});

test('what is sent while the pace lags shows at once', () => {
  assert.equal(sendParked(account({ paceAt: now - 3_000, parked: 1 }), limit, now).delayMs, 0);
});

test('nothing is parked: nothing is sent, and nothing changes', () => {
  const none = account({ paceAt: now + 10_000 });
  assert.deepEqual(sendParked(none, limit, now), { account: none, count: 0, delayMs: 8_000 });
});

test('the sweeper sends what is owed only when nobody who would send it is on the way', () => {
  const owed = account({ paceAt: now + 1_000, parked: 4, coming: 2, comingAt: now - 20_000 });
  assert.deepEqual(sendOverdue(owed, limit, now), { account: owed, count: 0, delayMs: 0 });
  const late = { ...owed, comingAt: now - 20_001 };
  assert.equal(sendOverdue(late, limit, now).count, 1);
  assert.deepEqual(sendOverdue(late, limit, now).account, { ...late, parked: 3, coming: 1, comingAt: now });
  assert.equal(sendOverdue({ ...owed, coming: 0 }, limit, now).count, 1);
  const none = { ...late, parked: 0 };
  assert.deepEqual(sendOverdue(none, limit, now), { account: none, count: 0, delayMs: 0 });
});

test('a start that was not used is given back to the pace', () => {
  const { account: after } = decideStart(account(), limit, now);
  assert.deepEqual(returnStart(after, limit), account());
});

test('a charge goes into its own second, and the pace moves by what it differs from the mean', () => {
  const { account: after, second: at } = charge(account(), 3_000, limit, now + 999);
  assert.equal(at, second);
  assert.deepEqual(after, account({ charges: [[second, 3_000]], paceAt: now + 13_000, meanTokens: 1_200 }));
});

test('a charge that does not fit waits until old ones are 65 seconds away, for clocks that differ by four', () => {
  const full = account({ charges: [[second - 64, 8_000]] });
  assert.equal(charge(full, 2_000, limit, now).second, second);
  assert.equal(charge(full, 2_001, limit, now).second, second + 1);
  const older = account({ charges: [[second - 65, 8_000]] });
  const { account: after, second: at } = charge(older, 5_000, limit, now);
  assert.equal(at, second);
  assert.deepEqual(after.charges, [[second, 5_000]], 'what can matter no more is forgotten');
});

test('small calls start in the room before a large one, and leave the room that it was given', () => {
  const first = charge(account(), 9_000, limit, now).account;
  const large = charge(first, 5_000, limit, now + 1_000);
  assert.equal(large.second, second + 65);
  const small = charge(large.account, 1_000, limit, now + 2_000);
  assert.equal(small.second, second + 2);
  // Within 65 s of the large one only 4,000 are left.
  assert.equal(charge(small.account, 5_000, limit, now + 3_000).second, second + 67);
});

test('a charge leaves the room of those that start after it', () => {
  const later = account({ charges: [[second + 10, 8_000]] });
  assert.equal(charge(later, 2_000, limit, now).second, second);
  assert.equal(charge(later, 2_001, limit, now).second, second + 75);
  const far = account({ charges: [[second + 65, 8_000]] });
  assert.equal(charge(far, 10_000, limit, now).second, second);
});

test('the pace never lets starts come more than three seconds before there is room for them', () => {
  const full = account({ charges: [[second, 10_000]] });
  const { account: after, second: at } = charge(full, 1_000, limit, now);
  assert.equal(at, second + 65);
  assert.equal(after.paceAt, (second + 62) * 1_000);
});

test('what is larger than a whole minute goes alone', () => {
  const { account: after, second: at } = charge(account(), 25_000, limit, now);
  assert.equal(at, second);
  assert.deepEqual(after.charges, [[second, 25_000]]);
  assert.equal(charge(after, 1, limit, now).second, second + 65);
  assert.equal(charge(account({ charges: [[second, 1]] }), 25_000, limit, now).second, second + 65);
});

test('what was not used is free again in its own second, and the pace with it', () => {
  const { account: charged } = charge(account(), 4_000, limit, now);
  const after = settle(charged, second, 4_000, 1_000, limit);
  assert.deepEqual(after.charges, [[second, 1_000]]);
  assert.equal(charged.paceAt - after.paceAt, 19_500);
  assert.deepEqual(settle(charged, second, 4_000, 0, limit).charges, []);
});

test('what exceeds its charge is charged to later calls', () => {
  const { account: charged } = charge(account(), 4_000, limit, now);
  const after = settle(charged, second, 4_000, 9_500, limit);
  assert.deepEqual(after.charges, [[second, 9_500]]);
  assert.equal(after.paceAt - charged.paceAt, 35_750);
  assert.equal(charge(after, 501, limit, now + 1_000).second, second + 65);
});

test('a use that is settled after its second was forgotten takes nothing from others', () => {
  const others = account({ charges: [[second, 500]] });
  assert.deepEqual(settle(others, second - 90, 4_000, 1_000, limit).charges, [[second, 500]]);
  assert.deepEqual(settle(others, second, 4_000, 1_000, limit).charges, []);
});

test('a use as charged changes nothing', () => {
  const { account: charged } = charge(account(), 4_000, limit, now);
  assert.equal(settle(charged, second, 4_000, 4_000, limit), charged);
});

test('charges are kept in order of their seconds', () => {
  const later = charge(account({ charges: [[second + 5, 100]] }), 100, limit, now).account;
  assert.deepEqual(later.charges, [
    [second, 100],
    [second + 5, 100],
  ]);
});

test('whatever is charged and settled in whatever order, no 65 seconds hold more than the limit', () => {
  const call = fc.record({
    tokens: fc.integer({ min: 1, max: 6_000 }),
    used: fc.double({ min: 0, max: 1, noNaN: true }),
    pauseMs: fc.integer({ min: 0, max: 20_000 }),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
      let state = account();
      let at = now;
      const real = new Map<number, number>();
      for (const { tokens, used, pauseMs } of calls) {
        at += pauseMs;
        const charged = charge(state, tokens, limit, at);
        const spent = Math.floor(tokens * used);
        state = settle(charged.account, charged.second, tokens, spent, limit);
        real.set(charged.second, (real.get(charged.second) ?? 0) + spent);
      }
      for (const from of real.keys()) {
        const sum = [...real].reduce((total, [s, n]) => total + (s >= from && s < from + 65 ? n : 0), 0);
        assert.ok(sum <= limit, `${sum} from ${from}`);
      }
    }),
  );
});
