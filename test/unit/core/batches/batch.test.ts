import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchFromItem } from '../../../../adapters/batch-row.ts';
import { batchCounts, batchStatus } from '../../../../core/batches/batch.ts';

const item = { kind: 'batch', tenant: 'default', batch_id: 'batch_1', created_at: 1, version: 1, total: 5 };

test('a batch without counted changes has only queued tasks', () => {
  const batch = batchFromItem(item);
  assert.equal(batchStatus(batch), 'processing');
  assert.deepEqual(batchCounts(batch), {
    total: 5,
    queued: 5,
    processing: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  });
});

test('a task that ended without having begun is not counted as processing', () => {
  const batch = batchFromItem({
    ...item,
    started: new Set([0, 1, 2]),
    completed: new Set([0]),
    failed: new Set([1]),
    cancelled: new Set([3]),
  });
  assert.deepEqual(batchCounts(batch), {
    total: 5,
    queued: 1,
    processing: 1,
    completed: 1,
    failed: 1,
    cancelled: 1,
  });
});

test('a batch whose last task ended is completed', () => {
  const batch = batchFromItem({ ...item, completed: new Set([0, 1, 2, 3, 4]), completed_at: 9 });
  assert.equal(batchStatus(batch), 'completed');
  assert.equal(batchCounts(batch).queued, 0);
});
