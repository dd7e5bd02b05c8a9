import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../../../client/wire.ts';
import { BatchBoard } from '../../../../console/state/batch-board.ts';

const batch = (status: Batch['status'], completed = 0): Batch => ({
  batch_id: 'batch_a',
  status,
  counts: { total: 2, queued: 2 - completed, processing: 0, completed, failed: 0, cancelled: 0 },
  created_at: '2026-11-26T00:00:00.000Z',
  completed_at: null,
});

test('a batch is read when something of it changed, and no more once it has ended', () => {
  const board = new BatchBoard();
  board.tell('batch_a');
  assert.deepEqual(board.toRead(5), ['batch_a']);
  board.read('batch_a', batch('processing'));
  assert.deepEqual(board.toRead(5), []);
  board.tell('batch_a');
  assert.deepEqual(board.toRead(5), ['batch_a']);
  board.read('batch_a', batch('completed', 2));
  board.tell('batch_a');
  assert.deepEqual(board.toRead(5), []);
});

test('counts that were read earlier and come later do not open a batch again', () => {
  const board = new BatchBoard();
  board.read('batch_a', batch('completed', 2));
  board.read('batch_a', batch('processing', 1));
  assert.equal(board.get('batch_a')?.batch?.counts.completed, 2);
});

test('one that is not there is not asked for again, and the newest are read first', () => {
  const board = new BatchBoard();
  for (const id of ['batch_a', 'batch_b', 'batch_c']) board.tell(id);
  board.fail('batch_c', 'not_found');
  assert.deepEqual(board.toRead(1), ['batch_b']);
});

test('the oldest are forgotten, but none that was handed in here and is under way', () => {
  const board = new BatchBoard(2);
  board.tell('batch_own').source = 'tasks.jsonl';
  for (const id of ['batch_b', 'batch_c', 'batch_d']) board.tell(id);
  assert.deepEqual(
    board.list().map(({ id }) => id),
    ['batch_d', 'batch_own'],
  );
});
