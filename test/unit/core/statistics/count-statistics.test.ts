import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { countStatistics } from '../../../../core/statistics/count-statistics.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { completed, failed, makeTask, processing } from '../events/make-task.ts';

/** The changes of a task that went through these states. */
function story(...states: Task[]): Change[] {
  return states.map((after, index) => ({
    kind: 'task',
    sequence: String(index),
    before: states[index - 1],
    after,
  }));
}

const without = (amounts: Record<string, number> | undefined) =>
  Object.fromEntries(Object.entries(amounts ?? {}).filter(([, amount]) => amount !== 0));

test('a completed task leaves the gauges where they were and one call counted', () => {
  const { providers, tenants } = countStatistics(story(makeTask(), processing(), completed()));
  assert.equal(providers.length, 1);
  assert.deepEqual(without(providers[0]?.amounts), {
    requests: 1,
    lat_1000: 1,
    prompt_tokens: 10,
    completion_tokens: 20,
    cost_usd: 0.5,
  });
  assert.deepEqual(without(providers[0]?.recent), { requests: 1, lat_1000: 1 });
  assert.deepEqual(without(tenants[0]?.amounts), {
    tasks_completed: 1,
    prompt_tokens: 10,
    completion_tokens: 20,
    cost_usd: 0.5,
  });
  assert.deepEqual(tenants[0]?.byType, { translation: 1 });
  assert.deepEqual(tenants[0]?.byProvider, { kimi: 1 });
});

test('waiting and running tasks move the gauges of their provider and priority', () => {
  const [queued, running] = [makeTask({ priority: 'high' }), processing({ priority: 'high' })];
  const { providers } = countStatistics(story(queued, running).slice(1));
  assert.deepEqual(without(providers[0]?.amounts), { queued_high: -1, processing: 1 });
});

test('a failover moves the task from one provider to the other and blames the first', () => {
  const error = { code: 'provider_error', message: '', provider: 'kimi', retryable: true } as const;
  const moved = processing({ status: 'queued', lastEvent: 'retrying', version: 3, provider: 'qwen', error });
  const { providers } = countStatistics(story(processing(), moved).slice(1));
  const byName = new Map(providers.map((each) => [each.provider, each]));
  assert.deepEqual(without(byName.get('kimi')?.amounts), { processing: -1, requests: 1, errors: 1 });
  assert.equal(byName.get('kimi')?.lastError, 'provider_error');
  assert.deepEqual(without(byName.get('qwen')?.amounts), { queued_normal: 1 });
});

test('a changed priority moves the gauges although it is no event', () => {
  const { providers, tenants } = countStatistics(story(makeTask(), makeTask({ priority: 'high' })).slice(1));
  assert.deepEqual(without(providers[0]?.amounts), { queued_normal: -1, queued_high: 1 });
  assert.equal(tenants.length, 0);
});

test('a renewed lease counts nothing', () => {
  const { providers, tenants } = countStatistics(story(processing(), processing()).slice(1));
  assert.deepEqual(without(providers[0]?.amounts), {});
  assert.equal(tenants.length, 0);
});

test('a cache hit is no call, and hits and misses are told apart', () => {
  const task = completed({ cacheKey: 'k', version: 1 });
  const hit = { ...task, result: task.result && { ...task.result, cached: true } };
  const { providers, tenants } = countStatistics([...story(hit), ...story(completed({ cacheKey: 'k' }))]);
  assert.equal(providers[0]?.amounts.requests, 1);
  assert.equal(tenants[0]?.amounts.cache_hits, 1);
  assert.equal(tenants[0]?.amounts.cache_misses, 1);
  assert.equal(tenants[0]?.amounts.cost_usd, 0.5);
});

test('a failure that no provider caused blames none', () => {
  const error = { code: 'timeout', message: '', provider: null, retryable: false } as const;
  const { providers } = countStatistics(story(processing(), failed({ error })).slice(1));
  assert.deepEqual(without(providers[0]?.amounts), { processing: -1 });
});

test('a hundred changes of one provider and tenant are one sum each', () => {
  const changes = Array.from({ length: 100 }, (_, index) =>
    story(makeTask({ taskId: `task_${index}` })),
  ).flat();
  const { providers, tenants } = countStatistics(changes);
  assert.equal(providers.length, 1);
  assert.equal(providers[0]?.amounts.queued_normal, 100);
  assert.equal(tenants[0]?.amounts.tasks_queued, 100);
});
