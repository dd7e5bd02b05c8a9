import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { holdTicket } from '../../../../core/scheduling/ticket-in-hand.ts';

function setUp(t: TestContext, answer: () => Promise<void> = async () => {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: unknown[] = [];
  const note = (text: string) => async (_provider: string, what: unknown, delayMs?: number) => {
    asked.push(`${text} ${what} ${delayMs}`);
    await answer();
  };
  const queues = { setTicketVisibility: note('hide'), sendTickets: note('send') };
  const errors: unknown[] = [];
  const hand = holdTicket({ id: 'i', handle: 'h' }, 'kimi', queues, (error) => void errors.push(error));
  const pass = async (milliseconds: number) => {
    t.mock.timers.tick(milliseconds);
    await new Promise(setImmediate);
  };
  return { hand, asked, errors, pass };
}

test('a ticket that is used up soon costs no request', async (t) => {
  const { hand, asked, pass } = setUp(t);
  await pass(4_999);
  assert.equal(await hand.end(), 'done');
  await pass(60_000);
  assert.deepEqual(asked, []);
});

test('a ticket in use is hidden for as long as a message, and again before that is over', async (t) => {
  const { hand, asked, pass } = setUp(t);
  await pass(5_000);
  assert.deepEqual(asked, ['hide h 50000']);
  await pass(20_000);
  await pass(20_000);
  assert.deepEqual(asked, ['hide h 50000', 'hide h 50000', 'hide h 50000']);
  assert.equal(await hand.end(), 'done');
});

test('a ticket whose hiding failed once is hidden again', async (t) => {
  const { hand, asked, errors, pass } = setUp(t, async () => {
    if (asked.length === 1) throw new Error('lost');
  });
  await pass(5_000);
  await pass(20_000);
  assert.equal(asked.length, 2);
  assert.equal(String(errors), 'Error: lost');
  assert.equal(await hand.end(), 'done');
});

test('a ticket that comes again is not hidden for longer', async (t) => {
  const { hand, asked, pass } = setUp(t);
  await hand.comeAgainIn(7_000);
  await pass(60_000);
  assert.deepEqual(asked, ['hide h 7000']);
  assert.equal(await hand.end(), 'again');
});

test('a ticket comes again in its time though it is being hidden', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isFirst = true;
  const { hand, asked, pass } = setUp(t, async () => {
    if (!isFirst) return;
    isFirst = false;
    await promise;
  });
  await pass(5_000);
  const coming = hand.comeAgainIn(7_000);
  await new Promise(setImmediate);
  assert.deepEqual(asked, ['hide h 50000'], 'else the one that is under way may come last');
  resolve();
  await coming;
  assert.deepEqual(asked, ['hide h 50000', 'hide h 7000']);
});

test('a second piece of work that is left for later gets a ticket of its own', async (t) => {
  const { hand, asked } = setUp(t);
  await hand.comeAgainIn(7_000);
  await hand.comeAgainIn(9_000);
  assert.deepEqual(asked, ['hide h 7000', 'send 1 9000']);
  assert.equal(await hand.end(), 'again');
});

test('a ticket is used up only when the work beside it is done', async (t) => {
  const { hand } = setUp(t);
  const { promise, resolve } = Promise.withResolvers<void>();
  hand.meanwhile(promise);
  let outcome: string | undefined;
  const ending = hand.end().then((end) => {
    outcome = end;
  });
  await new Promise(setImmediate);
  assert.equal(outcome, undefined);
  resolve();
  await ending;
  assert.equal(outcome, 'done');
});

test('a ticket comes again where the work beside it failed', async (t) => {
  const { hand, asked, errors } = setUp(t);
  hand.meanwhile(Promise.reject(new Error('lost')));
  assert.equal(await hand.end(), 'again');
  assert.equal(String(errors), 'Error: lost');
  assert.deepEqual(asked, ['hide h 50000'], 'when the message may show');
});

test('a ticket that another one replaces is used up, and what is left for later gets a ticket of its own', async (t) => {
  const { hand, asked } = setUp(t);
  hand.replace();
  await hand.comeAgainIn(7_000);
  assert.deepEqual(asked, ['send 1 7000']);
  assert.equal(await hand.end(), 'done');
});
