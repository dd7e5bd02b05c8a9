import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ticketsShort } from '../../../../core/scheduling/sweep.ts';

const none = { visible: 0, inFlight: 0, delayed: 0 };

function counts(tasks: Partial<typeof none>, tickets: Partial<typeof none>) {
  return {
    tasks: { high: none, normal: { ...none, ...tasks }, low: none },
    tickets: { ...none, ...tickets },
  };
}

test('as many tickets as tasks, waiting or held, are enough', () => {
  assert.equal(ticketsShort(counts({ visible: 390, inFlight: 10 }, { visible: 390, inFlight: 10 })), 0);
});

test('tasks and tickets that were postponed together are enough', () => {
  assert.equal(ticketsShort(counts({ inFlight: 7 }, { inFlight: 7 })), 0);
});

test('fewer tickets than tasks are short by the difference', () => {
  assert.equal(ticketsShort(counts({ visible: 5 }, { visible: 2 })), 3);
});

test('tickets held by workers that died at once do not count when nobody holds a task', () => {
  assert.equal(ticketsShort(counts({ visible: 30 }, { inFlight: 30 })), 30);
});

test('a busy provider whose tickets are all in use is not short', () => {
  assert.equal(ticketsShort(counts({ visible: 3, inFlight: 10 }, { inFlight: 13 })), 0);
});

test('an empty provider is not short', () => {
  assert.equal(ticketsShort(counts({}, {})), 0);
});
