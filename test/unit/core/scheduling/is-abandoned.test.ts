import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAbandoned } from '../../../../core/scheduling/is-abandoned.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { makeTask, start } from '../../../make-task.ts';

const now = start + 60_000;
const isLeft = (members: Partial<Task>, hostStartedAt = 0) =>
  isAbandoned(
    makeTask({ status: 'processing', unqueued: true, changedAt: start, leaseUntil: now, ...members }),
    hostStartedAt,
    now,
  );

test('a running task without a message is abandoned once its lease has ended', () => {
  assert.equal(isLeft({}), false);
  assert.equal(isLeft({ leaseUntil: now - 1 }), true);
  assert.equal(isLeft({ leaseUntil: undefined }), true);
});

test('so is one whose worker ran before the host started, whatever its lease says', () => {
  assert.equal(isLeft({}, start), false);
  assert.equal(isLeft({}, start + 1), true);
  assert.equal(isLeft({ changedAt: undefined }, start + 1), false, 'nobody knows since when');
});

test('a task with a message, or one that does not run, is not', () => {
  assert.equal(isLeft({ leaseUntil: 0, unqueued: undefined }), false);
  assert.equal(isLeft({ leaseUntil: 0, status: 'queued' }), false);
});
