import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutBatches, readTasks } from '../../../client/task-lines.ts';

test('lines are counted as an editor counts, empty ones passed over, and faults kept by their line', () => {
  const { tasks, faults } = readTasks('\ufeff{"type":"a"}\r\n\n[1]\n"x"\n{"type":\n{"type":"b"}');
  assert.deepEqual(
    tasks.map(({ line, request }) => [line, request.type]),
    [
      [1, 'a'],
      [6, 'b'],
    ],
  );
  assert.deepEqual(
    faults.map(({ line }) => line),
    [3, 4, 5],
  );
});

test('batches have at most 1,000 tasks and 4 MB, and a task that is larger is one of its own', () => {
  const of = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, index) => ({ line: index + 1, request: { type: 'custom' }, bytes }));
  const sizes = (batches: unknown[][]) => batches.map(({ length }) => length);
  assert.deepEqual(sizes(cutBatches(of(2_001, 10))), [1_000, 1_000, 1]);
  assert.deepEqual(sizes(cutBatches(of(5, 2_000_000))), [2, 2, 1]);
  assert.deepEqual(sizes(cutBatches(of(2, 9_000_000))), [1, 1]);
  assert.deepEqual(cutBatches([]), []);
});

test('the bytes of a task are those of the service: quotes and backslashes count twice', () => {
  const [task] = readTasks('{"type":"é\\\\"}').tasks;
  assert.equal(task?.bytes, 15 + 6);
});
