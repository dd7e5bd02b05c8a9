import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingTickets } from '../../../../core/scheduling/sweep-evidence.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

const none = { visible: 0, inFlight: 0, delayed: 0 };

function counts(tasks: Partial<typeof none>, tickets: Partial<typeof none>) {
  return {
    tasks: { high: none, normal: { ...none, ...tasks }, low: none },
    tickets: { ...none, ...tickets },
  };
}

/** What holds tickets and tasks back; by default nothing does. */
const free = { busy: 0, owed: 0, isPaced: false, isOverdue: false };

test('as many tickets as tasks, waiting or held, are enough', () => {
  const seen = counts({ visible: 390, inFlight: 10 }, { visible: 390, inFlight: 10 });
  assert.equal(missingTickets(seen, { ...free, busy: 10 }), 0);
});

test('tasks and tickets that were postponed together are enough', () => {
  assert.equal(missingTickets(counts({ inFlight: 7 }, { inFlight: 7 }), free), 0);
  assert.equal(missingTickets(counts({ delayed: 7 }, { delayed: 7 }), free), 0);
});

test('fewer tickets than tasks are short by the difference', () => {
  assert.equal(missingTickets(counts({ visible: 5 }, { visible: 2 }), free), 3);
  assert.equal(missingTickets(counts({ visible: 5 }, { delayed: 2 }), free), 3);
});

test('tickets held by workers that died at once do not count when nobody holds a task', () => {
  assert.equal(missingTickets(counts({ visible: 30 }, { inFlight: 30 }), free), 30);
});

test('tickets that wait for their start count, though nobody holds a task', () => {
  assert.equal(missingTickets(counts({ visible: 30 }, { inFlight: 30 }), { ...free, isPaced: true }), 0);
  assert.equal(missingTickets(counts({ visible: 30 }, { inFlight: 1 }), { ...free, owed: 29 }), 0);
});

test('a busy provider whose tickets are all in use is not short, unless they are too few for what waits', () => {
  const seen = (tickets: number) => counts({ visible: 3, inFlight: 10 }, { inFlight: tickets });
  assert.equal(missingTickets(seen(13), { ...free, busy: 10 }), 0);
  assert.equal(missingTickets(seen(11), { ...free, busy: 10 }), 2);
});

test('tickets that were parked are owed, and sent by whoever frees what they wait for', () => {
  assert.equal(missingTickets(counts({ visible: 8 }, {}), { ...free, owed: 8 }), 0);
  assert.equal(missingTickets(counts({ visible: 8 }, {}), { ...free, owed: 6 }), 2);
});

test('messages that are hidden, for what they wait for or by their workers, need no ticket', () => {
  assert.equal(missingTickets(counts({ inFlight: 40, delayed: 5 }, {}), free), 0);
});

test('an empty provider is not short', () => {
  assert.equal(missingTickets(counts({}, {}), free), 0);
});

test('tickets that an outage caught before their workers hid them are made good in minutes', async (t) => {
  let isDown = true;
  const world = startWorld(t, { providers: { kimi: 5 }, fault: () => (isDown ? 'before' : 'none') });
  await world.submit(20);
  await world.advance(10_000);
  isDown = false;
  let waitedMs = 0;
  const ended = await world.drain(180_000, 1_000, async () => {
    waitedMs += 1_000;
    if (waitedMs % 60_000 === 0) await world.sweep();
  });
  assert.ok(ended, 'the mapping alone would show them after sixteen minutes');
});
