import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { listCharges } from '../../../../core/tenants/list-charges.ts';
import { attempt, completed, makeTask, processing } from '../../../make-task.ts';

const changed = (after: Task): Change => ({ kind: 'task', sequence: '1', before: undefined, after });
const summary = (...tasks: Task[]) => listCharges(tasks.map(changed)).map(({ usd, isOver }) => [usd, isOver]);
const reservedUsd = 0.25;

test('a task that has ended owes what its attempts cost', () => {
  assert.deepEqual(summary(completed({ reservedUsd })), [[0.5, true]]);
  const twice = [attempt({ outcome: 'retrying' }), attempt({ attempt: 2 })];
  assert.deepEqual(summary(completed({ reservedUsd, attempts: 2, timeline: twice })), [[1, true]]);
});

test('one that ended without a call owes nothing', () => {
  const cancelled = { status: 'cancelled', lastEvent: 'cancelled', reservedUsd } as const;
  assert.deepEqual(summary(makeTask(cancelled)), [[0, true]]);
});

test('while a worker may still tell what its call used the reservation stays', () => {
  const cancelled = processing({ status: 'cancelled', lastEvent: 'cancelled', reservedUsd });
  assert.deepEqual(summary(cancelled), []);
  const told = { ...cancelled, timeline: [attempt({ outcome: 'cancelled' })] };
  assert.deepEqual(summary(told), [[0.5, true]]);
  assert.deepEqual(summary(cancelled, told), [[0.5, true]], 'the last change counts');
});

test('a task that goes on after a call that cost something may cost as much again', () => {
  const again = processing({ status: 'queued', timeline: [attempt({ outcome: 'retrying' })], reservedUsd });
  assert.deepEqual(summary(again), [[0.75, false]]);
  assert.deepEqual(summary(processing({ reservedUsd })), []);
});

test('without a reservation there is nothing to settle', () => {
  assert.deepEqual(summary(completed()), []);
});
