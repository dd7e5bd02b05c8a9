import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countsText,
  isOverdue,
  lostTasks,
  missingTickets,
  ticketsToSend,
  urgentWait,
  youngestStarted,
} from '../../../../core/scheduling/sweep-evidence.ts';
import type { Suspicions } from '../../../../core/scheduling/sweep-state.ts';
import type { QueueCounts } from '../../../../core/scheduling/task-queues.ts';
import type { Priority, Task } from '../../../../core/tasks/task.ts';
import { makeTask, start } from '../../../make-task.ts';

const minute = 60_000;
const none: QueueCounts = { visible: 0, inFlight: 0, delayed: 0 };

function counts(tasks: Partial<Record<Priority, Partial<QueueCounts>>>, tickets: Partial<QueueCounts> = {}) {
  const of = (priority: Priority) => ({ ...none, ...tasks[priority] });
  return {
    tasks: { high: of('high'), normal: of('normal'), low: of('low') },
    tickets: { ...none, ...tickets },
  };
}

const free = { busy: 0, owed: 0, isPaced: false, isOverdue: false };
const before = (members: Partial<Suspicions> = {}): Suspicions => ({
  missingTickets: 0,
  counts: '',
  lostTasks: [],
  idleSlots: [],
  youngestStarted: {},
  ...members,
});

test('visible tasks of every priority need a ticket each; tickets on their way count, parked ones too', () => {
  const seen = counts({ high: { visible: 2 }, normal: { visible: 3 }, low: { visible: 4 } });
  assert.equal(missingTickets(seen, free), 9);
  assert.equal(missingTickets({ ...seen, tickets: { visible: 1, inFlight: 1, delayed: 1 } }, free), 6);
  assert.equal(missingTickets(seen, { ...free, owed: 8 }), 1);
});

test('tickets in flight count unless all of them are held by workers that died at once', () => {
  const seen = (tickets: Partial<QueueCounts>) => counts({ normal: { visible: 4 } }, tickets);
  assert.equal(missingTickets(seen({ inFlight: 4 }), free), 4);
  assert.equal(missingTickets(seen({ inFlight: 4 }), { ...free, isPaced: true }), 0);
  assert.equal(missingTickets(seen({ inFlight: 4 }), { ...free, busy: 1 }), 1);
  assert.equal(missingTickets(seen({ inFlight: 4 }), { ...free, busy: 1, isOverdue: true }), 4);
  assert.equal(missingTickets(seen({ inFlight: 4 }), { ...free, isOverdue: true, isPaced: true }), 0);
  assert.equal(missingTickets(seen({ inFlight: 4, visible: 1 }), { ...free, busy: 1, isOverdue: true }), 0);
  assert.equal(missingTickets(seen({ inFlight: 3, visible: 1 }), free), 0);
  assert.equal(missingTickets(seen({ inFlight: 3, delayed: 1 }), free), 0);
  assert.equal(missingTickets(seen({ inFlight: 3 }), { ...free, owed: 1 }), 0);
  assert.equal(missingTickets(seen({ inFlight: 1 }), { ...free, busy: 3 }), 4, 'never less than none');
});

test('a task is overdue that could have been started for a minute', () => {
  const now = start + 600_000;
  const none = new Set<string>();
  const queued = makeTask({ createdAt: now - 60_001, changedAt: undefined });
  assert.equal(isOverdue([queued], none, now), true);
  assert.equal(isOverdue([{ ...queued, createdAt: now }, queued], none, now), true, 'one is enough');
  assert.equal(isOverdue([{ ...queued, createdAt: now - 60_000 }], none, now), false);
  assert.equal(isOverdue([{ ...queued, changedAt: now - 1_000 }], none, now), false);
  assert.equal(isOverdue([{ ...queued, notBefore: now - 1_000 }], none, now), false);
  const held = { ...queued, status: 'processing' as const };
  assert.equal(isOverdue([{ ...held, leaseUntil: now - 1_000 }], none, now), false);
  assert.equal(isOverdue([{ ...held, leaseUntil: now - 60_001 }], none, now), true, 'its worker died');
  assert.equal(isOverdue([{ ...queued, status: 'completed' }], none, now), false);
  assert.equal(isOverdue([queued], new Set([queued.taskId]), now), false, 'it waits for its type');
});

test('only what two sweeps missed is sent, and all of it once the counts stand still', () => {
  const seen = counts({ normal: { visible: 30 } });
  const still = { counts: countsText(seen) };
  assert.equal(ticketsToSend(undefined, 30, seen), 0);
  assert.equal(ticketsToSend(before({ ...still, missingTickets: 0 }), 30, seen), 0);
  assert.equal(ticketsToSend(before({ ...still, missingTickets: 30 }), 2, seen), 2);
  assert.equal(ticketsToSend(before({ ...still, missingTickets: 2 }), 30, seen), 2);
});

test('while the counts change, five tickets or a twentieth of the tasks are taken for an error of the counts', () => {
  const few = counts({ normal: { visible: 30 } });
  assert.equal(ticketsToSend(before({ counts: 'other', missingTickets: 5 }), 5, few), 0);
  const moved = countsText(counts({ normal: { visible: 29 } }));
  assert.equal(ticketsToSend(before({ counts: moved, missingTickets: 9 }), 12, few), 4);
  const many = counts({ normal: { visible: 301 } });
  assert.equal(ticketsToSend(before({ counts: 'other', missingTickets: 100 }), 100, many), 84);
});

test('one ticket goes to a task that waits for long while none shows, however the counts change', () => {
  const send = (missing: number, tickets: Partial<QueueCounts>, isOverdue: boolean) =>
    ticketsToSend(
      before({ counts: 'other', missingTickets: 1 }),
      missing,
      counts({ low: { visible: 1 } }, tickets),
      isOverdue,
    );
  assert.equal(send(1, { inFlight: 4 }, true), 1);
  assert.equal(send(1, { inFlight: 4 }, false), 0);
  assert.equal(send(0, { inFlight: 4 }, true), 0);
  for (const tickets of [{ visible: 1 }, { delayed: 1 }]) assert.equal(send(1, tickets, true), 0);
});

test('the youngest task that was begun is kept by priority, and never gets older', () => {
  const begun = (priority: Priority, createdAt: number) =>
    makeTask({ status: 'processing', priority, createdAt });
  const tasks = [
    begun('high', 5),
    begun('high', 9),
    begun('high', 7),
    makeTask({ priority: 'low', createdAt: 99 }),
  ];
  assert.deepEqual(youngestStarted(undefined, tasks), { 'high/default': 9 });
  const known = before({ youngestStarted: { 'high/default': 20, 'low/default': 3 } });
  assert.deepEqual(youngestStarted(known, [...tasks, begun('low', 4)]), {
    'high/default': 20,
    'low/default': 4,
  });
  assert.deepEqual(youngestStarted(known, []), {}, 'nobody is left whom it could have overtaken');
});

test('an urgent task waits since it was accepted, or since its last attempt; others are in no hurry', () => {
  const now = start + minute;
  const wait = (members: Partial<Task>) => urgentWait(makeTask({ priority: 'high', ...members }), now);
  assert.equal(wait({ changedAt: now - 1_000 }), minute, 'what changed was not its attempt');
  assert.equal(wait({ startedAt: start, changedAt: now - 1_000 }), 1_000);
  assert.equal(wait({ startedAt: start, changedAt: undefined }), minute);
  assert.equal(wait({ createdAt: now + 1_000 }), 0, 'whoever accepted it has another clock');
  assert.equal(wait({ priority: 'normal' }), 0);
  assert.equal(wait({ status: 'processing' }), 0);
});

/** Whether a task of these members counts as lost at this time; by default its message should show, and does not. */
function isLost(
  members: Partial<Task>,
  options: {
    queued?: number;
    tickets?: Partial<QueueCounts>;
    /** Tickets in flight that are no sign of a task. */
    quietWith?: number;
    waiting?: string[];
    youngest?: Suspicions['youngestStarted'];
    now?: number;
  } = {},
): boolean {
  const task = makeTask({ taskId: 'it', ...members });
  const seen = counts({ normal: { visible: options.queued ?? 0 } }, options.tickets);
  const { waiting = [], youngest = {}, now = start + 3 * minute } = options;
  return lostTasks([task], seen, new Set(waiting), youngest, now, options.quietWith).includes('it');
}

test('a task that waits while nothing is in the queues is lost, once its message had a minute to come', () => {
  assert.equal(isLost({}), true);
  assert.equal(isLost({}, { now: start + minute - 1 }), false);
  assert.equal(isLost({}, { now: start + minute }), true);
});

test('messages of every kind and priority make the queues anything but quiet', () => {
  for (const kind of ['visible', 'inFlight', 'delayed'] as const)
    for (const priority of ['high', 'normal', 'low'] as const) {
      const seen = counts({ [priority]: { [kind]: 1 } });
      assert.deepEqual(lostTasks([makeTask()], seen, new Set(), {}, start + 3 * minute), []);
    }
});

test('hidden messages of tasks that wait for their type leave the queues quiet', () => {
  assert.equal(isLost({}, { queued: 1, waiting: ['other'] }), true);
  assert.equal(isLost({}, { queued: 2, waiting: ['other'] }), false);
});

test('while tickets show, or more are in flight than workers use and something holds them back, they may carry the task', () => {
  assert.equal(isLost({}, { tickets: { visible: 1 } }), false);
  assert.equal(isLost({}, { tickets: { delayed: 1 } }), false);
  assert.equal(isLost({}, { tickets: { inFlight: 9 } }), true, 'their workers died');
  assert.equal(isLost({}, { tickets: { inFlight: 3 }, quietWith: 2 }), false);
  assert.equal(isLost({}, { tickets: { inFlight: 2 }, quietWith: 2 }), true);
});

test('a task that waits for its type, or that may not be tried yet, is not lost', () => {
  assert.equal(isLost({}, { waiting: ['it'] }), false);
  assert.equal(isLost({ notBefore: start + 3 * minute + 1 }), false);
  assert.equal(isLost({ notBefore: start + 3 * minute }), true);
});

test('a task whose worker died is lost when its message has not shown three minutes after its lease', () => {
  const now = start + 10 * minute;
  const died = (leaseUntil: number) => isLost({ status: 'processing', leaseUntil }, { now, queued: 5 });
  assert.equal(died(now - 3 * minute - 1), true);
  assert.equal(died(now - 3 * minute), false);
  assert.equal(isLost({ status: 'processing' }, { now }), false, 'nobody knows since when');
});

test('a task that has ended is not lost', () => {
  for (const status of ['completed', 'failed', 'cancelled'] as const) assert.equal(isLost({ status }), false);
});

test('in busy queues a task is lost that others, five minutes younger, overtook', () => {
  const now = start + 60 * minute;
  const task = { createdAt: start, changedAt: start };
  const overtakenBy = (createdAt: number) =>
    isLost(task, { queued: 9, now, youngest: { 'normal/default': createdAt } });
  assert.equal(overtakenBy(start + 5 * minute + 1), true);
  assert.equal(overtakenBy(start + 5 * minute), false);
  assert.equal(
    isLost(task, { queued: 9, now, youngest: { 'high/default': now } }),
    false,
    'of another queue',
  );
  const others = { 'normal/another': now };
  assert.equal(isLost(task, { queued: 9, now, youngest: others }), false, 'tenants take turns');
});

test('a task that changed in the last five minutes was in a queue then', () => {
  const now = start + 60 * minute;
  const changed = (changedAt: number) =>
    isLost({ changedAt }, { queued: 9, now, youngest: { 'normal/default': now } });
  assert.equal(changed(now - 5 * minute), false);
  assert.equal(changed(now - 5 * minute - 1), true);
});

test('a task that may follow an equal one is given sixteen minutes more', () => {
  const now = start + 60 * minute;
  const follows = (youngest: number) =>
    isLost({ cacheKey: 'k', changedAt: start }, { queued: 9, now, youngest: { 'normal/default': youngest } });
  assert.equal(follows(start + 21 * minute), false);
  assert.equal(follows(start + 21 * minute + 1), true);
});
