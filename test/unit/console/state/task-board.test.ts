import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { TaskBoard } from '../../../../console/state/task-board.ts';
import { makeEvent } from './make-event.ts';
import { makeTask } from './make-task.ts';

const walk = [
  makeEvent({ task_id: 'task_a', version: 1, event_type: 'queued' }),
  makeEvent({ task_id: 'task_a', version: 2, event_type: 'processing' }),
  makeEvent({ task_id: 'task_a', version: 3, event_type: 'retrying' }),
  makeEvent({ task_id: 'task_a', version: 4, event_type: 'processing' }),
  makeEvent({ task_id: 'task_a', version: 5, event_type: 'completed' }),
];

test('an event that is not above the version seen tells nothing new', () => {
  const board = new TaskBoard();
  const [first, second] = walk as [(typeof walk)[0], (typeof walk)[0]];
  assert.ok(board.apply(second));
  assert.equal(board.apply(second), undefined);
  assert.equal(board.apply(first), undefined);
  assert.equal(board.get('task_a')?.status, 'processing');
});

test('in whatever order and however often events come, a task ends as its last one says, and that is told once', () => {
  const anyOrder = fc.array(fc.constantFrom(...walk), { minLength: 1, maxLength: 15 });
  fc.assert(
    fc.property(anyOrder, (events) => {
      const board = new TaskBoard();
      const told = events.filter((event) => board.apply(event)).map(({ version }) => version);
      const most = Math.max(...events.map(({ version }) => version));
      assert.deepEqual(told, [...new Set(told)].sort());
      assert.equal(board.get('task_a')?.version, most);
      assert.equal(board.get('task_a')?.status, walk[most - 1]?.status);
    }),
  );
});

test('what is read adds type, priority and times, and takes no status back that an event told since', () => {
  const board = new TaskBoard();
  const before = board.moment;
  for (const event of walk) board.apply(event);
  board.merge(
    [makeTask('task_a', { status: 'processing', completed_at: null, result: null })],
    before,
    false,
  );
  const row = board.get('task_a');
  assert.equal(row?.status, 'completed');
  assert.equal(row?.type, 'custom');
  assert.equal(row?.priority, 'high');
  assert.equal(row?.latencyMs, 800);
  assert.equal(row?.queuedAt, Date.UTC(2026, 10, 26));
});

test('what is read counts where nothing was told since, and an end that was read is not taken back by an older event', () => {
  const board = new TaskBoard();
  board.apply(walk[0] as (typeof walk)[0]);
  board.merge(
    [makeTask('task_a', { status: 'processing', completed_at: null, result: null })],
    board.moment,
    false,
  );
  assert.equal(board.get('task_a')?.status, 'processing');
  board.merge([makeTask('task_a')], board.moment, false);
  assert.ok(board.apply(walk[2] as (typeof walk)[0]));
  assert.equal(board.get('task_a')?.status, 'completed');
  assert.equal(board.get('task_a')?.isRetrying, false);
  // The end itself is still news to who counts ends.
  assert.ok(board.apply(walk[4] as (typeof walk)[0]));
});

test('the newest comes first, whether it was read or told of, and whichever came first', () => {
  const board = new TaskBoard();
  board.apply(makeEvent({ task_id: 'task_young', version: 9, event_type: 'queued' }));
  board.merge(
    [
      makeTask('task_middle', { created_at: '2026-11-26T00:00:04.000Z' }),
      makeTask('task_old', { created_at: '2026-11-26T00:00:01.000Z' }),
    ],
    board.moment,
    true,
  );
  board.apply(makeEvent({ task_id: 'task_last', version: 20, event_type: 'queued' }));
  const ids = board.list().map(({ id }) => id);
  assert.deepEqual(ids, ['task_last', 'task_young', 'task_middle', 'task_old']);
  assert.deepEqual(
    board.list('completed').map(({ id }) => id),
    ['task_middle', 'task_old'],
  );
});

test('a read that adds nothing leaves unknown tasks out', () => {
  const board = new TaskBoard();
  board.merge([makeTask('task_b')], board.moment, false);
  assert.equal(board.size, 0);
});

test('the oldest that ended are forgotten, and of those that did not end as well, but none for the other', () => {
  const board = new TaskBoard({ mostOpen: 2, mostEnded: 3 });
  for (let each = 1; each <= 6; each += 1) {
    board.apply(makeEvent({ task_id: `task_e${each}`, version: 1, event_type: 'queued' }));
    board.apply(makeEvent({ task_id: `task_e${each}`, version: 2, event_type: 'failed' }));
  }
  for (let each = 1; each <= 4; each += 1)
    board.apply(makeEvent({ task_id: `task_o${each}`, version: 1, event_type: 'processing' }));
  const ids = board.list().map(({ id }) => id);
  assert.deepEqual(ids, ['task_o4', 'task_o3', 'task_e6', 'task_e5', 'task_e4']);
});

test('a failed task says why, and a retried one that it waits again', () => {
  const board = new TaskBoard();
  board.apply(walk[2] as (typeof walk)[0]);
  assert.equal(board.get('task_a')?.isRetrying, true);
  board.apply(
    makeEvent({
      task_id: 'task_a',
      version: 7,
      event_type: 'failed',
      error: { code: 'timeout', message: 'Its time ended', provider: 'kimi', retryable: true },
    }),
  );
  const row = board.get('task_a');
  assert.deepEqual([row?.isRetrying, row?.errorCode, row?.provider], [false, 'timeout', 'kimi']);
});
