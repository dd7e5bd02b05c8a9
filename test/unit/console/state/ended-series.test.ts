import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndedSeries } from '../../../../console/state/ended-series.ts';
import { TaskBoard } from '../../../../console/state/task-board.ts';
import { makeEvent } from './make-event.ts';
import { makeTask } from './make-task.ts';

const midnight = Date.UTC(2026, 10, 26);
const at = (seconds: number) => midnight + seconds * 1000;

function endedRow(seconds: number, status: 'completed' | 'failed' = 'completed', latency_ms = 800) {
  const board = new TaskBoard();
  const timestamp = new Date(at(seconds)).toISOString();
  const { result } = makeTask('task_a');
  const data = status === 'completed' && result ? { ...result, latency_ms } : null;
  const row = board.apply(makeEvent({ task_id: 'task_a', version: 3, event_type: status, timestamp, data }));
  assert.ok(row);
  return { row, promptTokens: 10, completionTokens: 20 };
}

test('counts are per minute, in steps of which the youngest is last', () => {
  const series = new EndedSeries();
  for (const seconds of [1, 1, 6]) series.add(endedRow(seconds), at(seconds));
  series.add(endedRow(7, 'failed'), at(7));
  const { at: times, completed, failed, promptTokens } = series.points(10, 2, at(10));
  assert.deepEqual(times, [at(5) / 1000, at(10) / 1000]);
  assert.deepEqual(completed, [24, 12]);
  assert.deepEqual(failed, [0, 12]);
  assert.deepEqual(promptTokens, [240, 240]);
});

test('latency is told as median and p95, and not at all where nothing was measured', () => {
  const series = new EndedSeries();
  for (let each = 1; each <= 100; each += 1) series.add(endedRow(1, 'completed', each), at(1));
  const { latencyP50, latencyP95 } = series.points(10, 2, at(10));
  assert.deepEqual(latencyP50, [50, null]);
  assert.deepEqual(latencyP95, [95, null]);
});

test('the wait is from the acceptance to the start, where both were told', () => {
  const series = new EndedSeries();
  const ended = endedRow(5);
  ended.row.queuedAt = at(1);
  ended.row.startedAt = at(3);
  series.add(ended, at(5));
  assert.deepEqual(series.recent(60, at(6)).waitP50, [2000]);
});

test('a service whose clock is ahead counts now, and what is older than the span is in the totals alone', () => {
  const series = new EndedSeries(60);
  series.add(endedRow(500), at(100));
  series.add(endedRow(20), at(100));
  assert.deepEqual(series.recent(50, at(101)).completed, [60 / 50]);
  assert.equal(series.totals.completed, 2);
});

test('its memory is bounded by its span', () => {
  const series = new EndedSeries(10);
  for (let second = 0; second < 1000; second += 1) series.add(endedRow(second), at(second));
  // Nothing older is found, however far back one looks.
  assert.ok((series.points(1000, 1, at(1000)).completed[0] ?? 0) * (1000 / 60) <= 11);
  assert.equal(series.totals.completed, 1000);
});
