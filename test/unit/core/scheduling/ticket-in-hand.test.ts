import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdTicket } from '../../../../core/scheduling/ticket-in-hand.ts';

function setUp() {
  const asked: unknown[] = [];
  const queues = {
    setTicketVisibility: async (...args: unknown[]) => void asked.push(['hide', ...args]),
    sendTickets: async (...args: unknown[]) => void asked.push(['send', ...args]),
  };
  const errors: unknown[] = [];
  const hand = holdTicket({ id: 'i', handle: 'h' }, 'kimi', queues, (error) => void errors.push(error));
  return { hand, asked, errors };
}

test('a ticket is hidden as long as a message, and used up unless it is told to come again', async () => {
  const { hand, asked } = setUp();
  await hand.hide();
  assert.deepEqual(asked, [['hide', 'kimi', 'h', 50_000]]);
  assert.equal(await hand.end(), 'done');
});

test('a ticket that comes again is not hidden for longer by a renewal', async () => {
  const { hand, asked } = setUp();
  await hand.comeAgainIn(7_000);
  await hand.hide();
  assert.deepEqual(asked, [['hide', 'kimi', 'h', 7_000]]);
  assert.equal(await hand.end(), 'again');
});

test('a second piece of work that is left for later gets a ticket of its own', async () => {
  const { hand, asked } = setUp();
  await hand.comeAgainIn(7_000);
  await hand.comeAgainIn(9_000);
  assert.deepEqual(asked, [
    ['hide', 'kimi', 'h', 7_000],
    ['send', 'kimi', 1, 9_000],
  ]);
  assert.equal(await hand.end(), 'again');
});

test('a ticket is used up only when the work beside it is done', async () => {
  const { hand } = setUp();
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

test('a ticket comes again where the work beside it failed', async () => {
  const { hand, errors } = setUp();
  hand.meanwhile(Promise.reject(new Error('lost')));
  assert.equal(await hand.end(), 'again');
  assert.equal(String(errors), 'Error: lost');
});
