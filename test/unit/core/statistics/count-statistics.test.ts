import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { countStatistics } from '../../../../core/statistics/count-statistics.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { completed, failed, makeTask, processing } from '../../../make-task.ts';

/** The changes of a task that went through these states. */
function story(...states: Task[]): Change[] {
  return states.map((after, index) => ({
    kind: 'task',
    sequence: String(index),
    before: states[index - 1],
    after,
  }));
}

/** The numbers that are not 0, so that an assertion covers all of them. */
function changed(counts: object = {}): object {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(counts)) {
    if (typeof value === 'number' && value !== 0) kept[name] = value;
    if (typeof value !== 'object') continue;
    const members = changed(value instanceof Map ? Object.fromEntries(value) : value);
    if (Object.keys(members).length > 0) kept[name] = members;
  }
  return kept;
}

test('a completed task leaves the gauges where they were and one call counted', () => {
  const { providers, tenants } = countStatistics(story(makeTask(), processing(), completed()));
  assert.equal(providers.length, 1);
  assert.deepEqual(changed(providers[0]), {
    calls: { requests: 1, latencies: { 1000: 1 } },
    tokens: { prompt: 10, completion: 20 },
    costUsd: 0.5,
  });
  assert.deepEqual(changed(tenants[0]), {
    tasks: { completed: 1 },
    byType: { translation: 1 },
    byProvider: { kimi: 1 },
    tokens: { prompt: 10, completion: 20 },
    costUsd: 0.5,
  });
});

test('waiting and running tasks move the gauges of their provider and priority', () => {
  const [queued, running] = [makeTask({ priority: 'high' }), processing({ priority: 'high' })];
  const { providers } = countStatistics(story(queued, running).slice(1));
  assert.deepEqual(changed(providers[0]), { queued: { high: -1 }, processing: 1 });
});

test('a failover moves the task from one provider to the other and counts an error of the first', () => {
  const error = { code: 'provider_error', message: '', provider: 'kimi', retryable: true } as const;
  const moved = processing({ status: 'queued', lastEvent: 'retrying', version: 3, provider: 'qwen', error });
  const { providers } = countStatistics(story(processing(), moved).slice(1));
  const byName = new Map(providers.map((each) => [each.provider, each]));
  assert.deepEqual(changed(byName.get('kimi')), { processing: -1, calls: { requests: 1, errors: 1 } });
  assert.equal(byName.get('kimi')?.lastError, 'provider_error');
  assert.deepEqual(changed(byName.get('qwen')), { queued: { normal: 1 } });
});

test('a changed priority moves the gauges although it makes no event', () => {
  const { providers, tenants } = countStatistics(story(makeTask(), makeTask({ priority: 'high' })).slice(1));
  assert.deepEqual(changed(providers[0]), { queued: { normal: -1, high: 1 } });
  assert.equal(tenants.length, 0);
});

test('a renewed lease counts nothing', () => {
  const { providers, tenants } = countStatistics(story(processing(), processing()).slice(1));
  assert.deepEqual(changed(providers[0]), {});
  assert.equal(tenants.length, 0);
});

test('a cache hit is no call, and hits and misses are told apart', () => {
  const task = completed({ cacheKey: 'k', version: 1 });
  const hit = { ...task, result: task.result && { ...task.result, cached: true } };
  const { providers, tenants } = countStatistics([...story(hit), ...story(completed({ cacheKey: 'k' }))]);
  assert.equal(providers[0]?.calls.requests, 1);
  assert.equal(tenants[0]?.cache.hits, 1);
  assert.equal(tenants[0]?.cache.misses, 1);
  assert.equal(tenants[0]?.costUsd, 0.5);
});

test('a failure that no provider caused counts as an error of none', () => {
  const error = { code: 'timeout', message: '', provider: null, retryable: false } as const;
  const { providers } = countStatistics(story(processing(), failed({ error })).slice(1));
  assert.deepEqual(changed(providers[0]), { processing: -1 });
});

test('a hundred changes of one provider and tenant make one sum each', () => {
  const changes = Array.from({ length: 100 }, (_, index) =>
    story(makeTask({ taskId: `task_${index}` })),
  ).flat();
  const { providers, tenants } = countStatistics(changes);
  assert.equal(providers.length, 1);
  assert.equal(providers[0]?.queued.normal, 100);
  assert.equal(tenants[0]?.tasks.queued, 100);
});
