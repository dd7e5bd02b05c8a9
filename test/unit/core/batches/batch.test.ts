import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchFromRows, parseBatchRow, parseMarksRow } from '../../../../adapters/batch-row.ts';
import { batchCounts, batchStatus } from '../../../../core/batches/batch.ts';

const item = { kind: 'batch', tenant: 'default', batch_id: 'batch_1', created_at: 1, version: 1, total: 5 };
const read = (row: object, ...marks: object[]) =>
  batchFromRows(
    parseBatchRow({ ...item, ...row }),
    marks.map((each) => parseMarksRow({ kind: 'marks', ...each })),
  );

test('a batch without counted changes has only queued tasks', () => {
  const batch = read({});
  assert.equal(batchStatus(batch), 'processing');
  const counts = { total: 5, queued: 5, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  assert.deepEqual(batchCounts(batch), counts);
});

test('a task that ended without having begun is not counted as processing', () => {
  const counts = { total: 5, queued: 1, processing: 1, completed: 1, failed: 1, cancelled: 1 };
  const marks = {
    started: new Set([0, 1, 2]),
    completed: new Set([0]),
    failed: new Set([1]),
    cancelled: new Set([3]),
  };
  assert.deepEqual(batchCounts(read({}, marks)), counts);
  const { started, completed, ...others } = marks;
  assert.deepEqual(batchCounts(read({ started, completed }, others)), counts, 'some of an older version');
});

test('a batch whose last task ended is completed, by the counts in its row', () => {
  const batch = read({ completed_at: 9, n_completed: 3, n_failed: 2, n_cancelled: 0 });
  assert.equal(batchStatus(batch), 'completed');
  const counts = { total: 5, queued: 0, processing: 0, completed: 3, failed: 2, cancelled: 0 };
  assert.deepEqual(batchCounts(batch), counts);
});
