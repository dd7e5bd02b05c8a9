import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt } from '../../../../client/wire.ts';
import { readSteps } from '../../../../console/state/timeline.ts';
import { makeTask } from './make-task.ts';

const time = (seconds: number) => new Date(Date.UTC(2026, 10, 26) + seconds * 1000).toISOString();
const attempt = (from: number, to: number, changes: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  provider: 'kimi',
  model: 'k2',
  waited_for: null,
  started_at: time(from),
  ended_at: time(to),
  outcome: 'completed',
  code: null,
  usage: null,
  cost_usd: 0,
  ...changes,
});
const shape = (task: Parameters<typeof readSteps>[0], now = 0) =>
  readSteps(task, now).map(({ kind, from, to }) => `${kind} ${from / 1000}-${to / 1000}`);

test('waits and attempts follow one another from the acceptance to the end', () => {
  const timeline = [
    attempt(2, 3, { outcome: 'retrying', waited_for: 'requests' }),
    attempt(4, 5, { attempt: 2, provider: 'openai' }),
  ];
  const steps = readSteps(makeTask('task_a', { timeline }), 0);
  assert.deepEqual(
    steps.map(({ kind, from, to }) => `${kind} ${from / 1000}-${to / 1000}`),
    ['wait 0-2', 'attempt 2-3', 'wait 3-4', 'attempt 4-5'],
  );
  assert.equal(steps[0]?.kind === 'wait' && steps[0].waitedFor, 'requests');
});

test('what has not ended lasts until now', () => {
  const open = { completed_at: null, result: null };
  const now = Date.parse(time(9));
  assert.deepEqual(
    shape(makeTask('task_a', { ...open, status: 'queued', started_at: null, timeline: [] }), now),
    ['wait 0-9'],
  );
  assert.deepEqual(shape(makeTask('task_a', { ...open, status: 'processing', timeline: [] }), now), [
    'wait 0-2',
    'running 2-9',
  ]);
});

test('a task that never started waited until its end, and clocks that differ turn nothing round', () => {
  assert.deepEqual(shape(makeTask('task_a', { status: 'cancelled', timeline: [] })), ['wait 0-5']);
  assert.deepEqual(shape(makeTask('task_a', { timeline: [attempt(-1, 5)] })), ['attempt 0-5']);
});
