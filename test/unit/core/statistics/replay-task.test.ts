import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { countTasks, noTasks } from '../../../../core/metrics/count-tasks.ts';
import { countStatistics } from '../../../../core/statistics/count-statistics.ts';
import { replayTask } from '../../../../core/statistics/replay-task.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { attempt, completed, failed, makeTask, processing, start } from '../../../make-task.ts';

const models = new Set(['kimi/k2']);
const later = start + 3_600_000;
const error = { code: 'provider_error', message: 'x', provider: 'kimi', retryable: true } as const;
const broken = { outcome: 'retrying', code: 'provider_error', costUsd: 0, usage: null } as const;

/** The changes as the stream has them. */
function changesOf(...states: Task[]): Change[] {
  return states.map((after, index) => ({ kind: 'task', sequence: '', before: states[index - 1], after }));
}

function compare(...states: Task[]): void {
  const last = states.at(-1) as Task;
  const counts = countStatistics(replayTask(last, later), models);
  assert.deepEqual(counts, countStatistics(changesOf(...states), models));
  const types = new Set(['translation']);
  const totals = countTasks(replayTask(last, later), types, 0);
  assert.deepEqual(
    { ...totals, lagMs: null },
    { ...countTasks(changesOf(...states), types, 0), lagMs: null },
  );
}

test('a task that was completed at once counts as it did', () => {
  compare(makeTask(), processing(), completed({ cacheKey: 'k' }));
});

test('a task that failed counts as it did', () => {
  compare(makeTask(), processing(), failed());
});

test('one that was tried twice has its failure too', () => {
  const first = attempt({ ...broken, endedAt: start + 100 });
  const retried = makeTask({ lastEvent: 'retrying', version: 3, timeline: [first], error });
  const again = processing({ version: 4, attempts: 2, timeline: [first], error });
  const done = completed({ version: 5, attempts: 2, timeline: [first, attempt({ attempt: 2 })] });
  compare(makeTask(), processing(), retried, again, done);
});

test('one that left for another provider is counted at both', () => {
  const first = attempt({ ...broken, endedAt: start + 100 });
  const moved = makeTask({
    ...{ lastEvent: 'retrying', version: 3, timeline: [first], error, provider: 'openai', failovers: 1 },
  });
  const again = processing({
    ...moved,
    status: 'processing',
    lastEvent: 'processing',
    version: 4,
    attempts: 2,
  });
  const second = attempt({ attempt: 2, provider: 'openai' });
  const done = completed({
    version: 5,
    attempts: 2,
    provider: 'openai',
    failovers: 1,
    timeline: [first, second],
  });
  compare(makeTask(), processing(), moved, again, done);
});

test('one that ended by its deadline after a failure has that failure, and no other', () => {
  const first = attempt({ ...broken, endedAt: start + 100 });
  const retried = makeTask({ lastEvent: 'retrying', version: 3, timeline: [first], error });
  const timeout = { code: 'timeout', message: 'x', provider: 'kimi', retryable: true } as const;
  const ended = failed({ version: 4, timeline: [first], error: timeout });
  compare(makeTask(), processing(), retried, ended);
});

test('a result from the cache, and one that lies elsewhere', () => {
  const cached = completed({ timeline: [], attempts: 0, cacheKey: 'k', version: 2, startedAt: null });
  compare(makeTask(), { ...cached, result: cached.result && { ...cached.result, cached: true } });
  const elsewhere = completed({ result: null, resultKey: 'key' });
  const { tenants, providers } = countStatistics(replayTask(elsewhere, later), models);
  assert.deepEqual(tenants[0]?.spending, { calls: 1, promptTokens: 10, completionTokens: 20, costUsd: 0.5 });
  assert.deepEqual([providers[0]?.calls.requests, providers[0]?.latencyMs], [1, 812]);
});

test('what happened after the time that is asked for is left out', () => {
  assert.deepEqual(replayTask(completed(), start - 1), []);
  const { tenants } = countStatistics(replayTask(completed(), start), models);
  assert.deepEqual([tenants[0]?.byType, tenants[0]?.tasks.completed], [{ translation: 1 }, 0]);
  assert.deepEqual(countTasks(replayTask(completed(), start), new Set(), 0).ended, noTasks().ended);
});
