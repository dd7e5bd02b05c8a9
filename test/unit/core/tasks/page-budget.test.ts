import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPageBudget, fitAnswer } from '../../../../core/tasks/page-budget.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { toWireTask } from '../../../../core/tasks/task-wire.ts';
import { makeResult, makeTask } from '../../../make-task.ts';

const completed = (content: string, members: Partial<Task> = {}): Task => ({
  ...makeTask({ status: 'completed', ...members }),
  result: makeResult({ content }),
});

test('results go in while there is room, and tasks without them after that', () => {
  const budget = createPageBudget();
  const large = completed('x'.repeat(1_000_000));
  const taken = [1, 2, 3, 4, 5, 6].map(() => budget.take(large));
  assert.deepEqual(
    taken.map((task) => task?.result !== null),
    [true, true, true, true, false, false],
  );
  assert.deepEqual(
    taken.map((task) => task?.resultOmitted),
    [undefined, undefined, undefined, undefined, true, true],
  );
  assert.equal(budget.hasRoom(), false);
});

test('a small result still goes in after a large one that did not', () => {
  const budget = createPageBudget();
  budget.take(completed('x'.repeat(3_000_000)));
  assert.equal(budget.take(completed('x'.repeat(3_000_000)))?.resultOmitted, true);
  assert.equal(budget.take(completed('short'))?.result?.content, 'short');
});

test('a page ends where a task has no room even without its result, but holds the first in any case', () => {
  const budget = createPageBudget();
  const metadata = { name: '\u0001'.repeat(500_000) };
  const huge = completed('short', { metadata: { name: '\u0001'.repeat(900_000) } });
  assert.ok(budget.take(huge));
  assert.equal(budget.take(completed('short', { metadata })), undefined);
});

test('a task without a result has none left out', () => {
  assert.equal(createPageBudget().take(makeTask())?.resultOmitted, undefined);
});

test('a single task is answered with its result, unless that alone is too large for Lambda', () => {
  assert.equal(fitAnswer(completed('"'.repeat(1_000_000))).result?.content.length, 1_000_000);
  const bare = fitAnswer(completed('"'.repeat(1_500_000)));
  assert.deepEqual([bare.result, toWireTask(bare).result_omitted], [null, true]);
});
