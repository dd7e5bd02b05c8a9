import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countSpend } from '../../../../core/events/count-spend.ts';
import type { AttemptRecord, Task } from '../../../../core/tasks/task.ts';
import { makeTask } from '../../../make-task.ts';

const attempt = (number: number, costUsd: number) => ({ attempt: number, costUsd }) as AttemptRecord;
const change = (
  before: AttemptRecord[] | undefined,
  after: AttemptRecord[],
  members: Partial<Task> = {},
) => ({
  kind: 'task' as const,
  sequence: '1',
  before: before && makeTask({ timeline: before }),
  after: makeTask({ timeline: after, ...members }),
});

test('an attempt counts with the change that ends it, and not again with those after it', () => {
  const failed = change([], [attempt(1, 0.5)], { lastEvent: 'retrying' });
  const claimed = change([attempt(1, 0.5)], [attempt(1, 0.5)]);
  const completed = change([attempt(1, 0.5)], [attempt(1, 0.5), attempt(2, 0.25)], { status: 'completed' });
  assert.equal(countSpend([failed]), 0.5);
  assert.equal(countSpend([claimed]), 0);
  assert.equal(countSpend([failed, claimed, completed]), 0.75);
});

test('it counts too when older attempts fell out of the timeline, and when its task was cancelled before', () => {
  const many = Array.from({ length: 10 }, (_, index) => attempt(index + 1, 1));
  assert.equal(countSpend([change(many, [...many.slice(1), attempt(11, 3)])]), 3);
  assert.equal(countSpend([change([], [attempt(1, 2)], { status: 'cancelled' })]), 2);
});

test('a new task and a batch cost nothing', () => {
  const batch = { kind: 'batch', sequence: '2', tenant: 't', after: {} } as unknown as ReturnType<
    typeof change
  >;
  assert.equal(countSpend([change(undefined, []), batch]), 0);
});
