import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { countTasks, noTasks } from '../../../../core/metrics/count-tasks.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { attempt, completed, failed, makeTask, processing, start } from '../../../make-task.ts';

const types = new Set(['translation']);

/** The changes of a task that went through these states. */
function story(...states: Task[]): Change[] {
  return states.map((after, index) => ({
    kind: 'task',
    sequence: String(index),
    before: states[index - 1],
    after,
  }));
}

const count = (changes: Change[], now = start + 900) => countTasks(changes, types, now);

test('a task counts when it ends: by type and status, how long it took, and how long it waited', () => {
  const open = count(story(makeTask(), processing()));
  assert.deepEqual({ ...open, lagMs: null }, noTasks());
  const { ended, durations, waits } = count(story(makeTask(), processing(), completed()));
  assert.deepEqual(ended, { translation: { completed: 1 } });
  assert.deepEqual(durations.completed, { buckets: new Map([[1_000, 1]]), sumMs: 900 });
  assert.equal(durations.failed.sumMs, 0);
  assert.deepEqual(waits.normal, { buckets: new Map([[50, 1]]), sumMs: 10 });
});

test('what changes after the end counts no second time', () => {
  const late = failed({ version: 4, timeline: [attempt(), attempt({ attempt: 2 })] });
  assert.deepEqual(count(story(failed(), late).slice(1)).ended, {});
});

test('a duration on an edge is of its bucket, one above all edges of the infinite one', () => {
  const ending = (ms: number) => story(processing(), failed({ completedAt: start + ms })).slice(1);
  const { durations } = count([...ending(100), ...ending(101), ...ending(900_001), ...ending(-5)]);
  const expected = [
    [100, 1],
    [250, 1],
    [Number.POSITIVE_INFINITY, 1],
    [50, 1],
  ];
  assert.deepEqual([...durations.failed.buckets], expected);
  assert.equal(durations.failed.sumMs, 900_202, 'a clock that is behind takes nothing away');
});

test('a task that never started has no wait, whether it was cancelled or its result was there', () => {
  const cancelled = makeTask({
    status: 'cancelled',
    lastEvent: 'cancelled',
    version: 2,
    completedAt: start + 5,
  });
  const hit = completed({ attempts: 0, startedAt: start + 1 });
  const { waits, durations } = count([...story(makeTask(), cancelled).slice(1), ...story(hit)]);
  assert.deepEqual(waits, noTasks().waits);
  assert.equal(durations.cancelled.sumMs, 5);
});

test('a type that is not configured counts as other', () => {
  const unknown = completed({ type: 'former' });
  assert.deepEqual(count([...story(unknown), ...story(unknown)]).ended, { other: { completed: 2 } });
});

test('only completed tasks that may share a result count as hit or miss', () => {
  const miss = completed({ cacheKey: 'k' });
  const hit = { ...miss, result: miss.result && { ...miss.result, cached: true } };
  const changes = [...story(miss), ...story(hit), ...story(completed()), ...story(failed({ cacheKey: 'k' }))];
  assert.deepEqual(count(changes).cache, { hits: 1, misses: 1 });
});

test('the lag is that of the oldest event', () => {
  const changes = [
    ...story(completed({ changedAt: start })),
    ...story(completed({ changedAt: start + 500 })),
  ];
  assert.equal(count(changes, start + 2_000).lagMs, 2_000);
  assert.equal(count([]).lagMs, null);
});
