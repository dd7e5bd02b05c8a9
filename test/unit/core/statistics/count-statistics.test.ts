import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { countStatistics } from '../../../../core/statistics/count-statistics.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { attempt, completed, failed, makeTask, processing } from '../../../make-task.ts';

const models = new Set(['kimi/k2']);
const spending = { calls: 1, promptTokens: 10, completionTokens: 20, costUsd: 0.5 };

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
  const { providers, tenants } = countStatistics(story(makeTask(), processing(), completed()), models);
  assert.equal(providers.length, 1);
  assert.deepEqual(changed(providers[0]), {
    calls: { requests: 1, latencies: { 1000: 1 } },
    latencyMs: 812,
    tokens: { prompt: 10, completion: 20 },
    costUsd: 0.5,
  });
  assert.deepEqual(changed(tenants[0]), {
    tasks: { completed: 1 },
    byType: { translation: 1 },
    byProvider: { kimi: 1 },
    spending,
    byModel: { 'kimi/k2': spending },
    spentByType: { translation: spending },
  });
});

test('waiting and running tasks move the gauges of their provider and priority', () => {
  const [queued, running] = [makeTask({ priority: 'high' }), processing({ priority: 'high' })];
  const { providers } = countStatistics(story(queued, running).slice(1), models);
  assert.deepEqual(changed(providers[0]), { queued: { high: -1 }, processing: 1 });
});

test('a failover moves the task from one provider to the other and counts an error of the first', () => {
  const error = { code: 'provider_error', message: '', provider: 'kimi', retryable: true } as const;
  const timeline = [attempt({ outcome: 'retrying', code: 'provider_error', usage: null, costUsd: 0 })];
  const moved = { status: 'queued', lastEvent: 'retrying', provider: 'qwen', failovers: 1 } as const;
  const changes = story(processing(), processing({ ...moved, version: 3, error, timeline }));
  const { providers } = countStatistics(changes.slice(1), models);
  const byName = new Map(providers.map((each) => [each.provider, each]));
  assert.deepEqual(changed(byName.get('kimi')), {
    processing: -1,
    calls: { requests: 1, errors: 1 },
    errorsByCode: { provider_error: 1 },
    failovers: 1,
  });
  assert.equal(byName.get('kimi')?.lastError, 'provider_error');
  assert.deepEqual(changed(byName.get('qwen')), { queued: { normal: 1 } });
});

test('a changed priority moves the gauges although it makes no event', () => {
  const { providers, tenants } = countStatistics(
    story(makeTask(), makeTask({ priority: 'high' })).slice(1),
    models,
  );
  assert.deepEqual(changed(providers[0]), { queued: { normal: -1, high: 1 } });
  assert.equal(tenants.length, 0);
});

test('a renewed lease counts nothing', () => {
  const { providers, tenants } = countStatistics(story(processing(), processing()).slice(1), models);
  assert.deepEqual(changed(providers[0]), {});
  assert.equal(tenants.length, 0);
});

test('a cache hit is no call, and hits and misses are told apart', () => {
  const task = completed({ cacheKey: 'k', version: 1 });
  const hit = { ...task, timeline: [], result: task.result && { ...task.result, cached: true } };
  const { providers, tenants } = countStatistics(
    [...story(hit), ...story(completed({ cacheKey: 'k' }))],
    models,
  );
  assert.equal(providers[0]?.calls.requests, 1);
  assert.equal(tenants[0]?.cache.hits, 1);
  assert.equal(tenants[0]?.cache.misses, 1);
  assert.equal(tenants[0]?.spending.costUsd, 0.5);
});

test('a failure that no provider caused counts as an error of none', () => {
  const error = { code: 'timeout', message: '', provider: null, retryable: false } as const;
  const { providers } = countStatistics(story(processing(), failed({ error })).slice(1), models);
  assert.deepEqual(changed(providers[0]), { processing: -1 });
});

test('a hundred changes of one provider and tenant make one sum each', () => {
  const changes = Array.from({ length: 100 }, (_, index) =>
    story(makeTask({ taskId: `task_${index}` })),
  ).flat();
  const { providers, tenants } = countStatistics(changes, models);
  assert.equal(providers.length, 1);
  assert.equal(providers[0]?.queued.normal, 100);
  assert.equal(tenants[0]?.tasks.queued, 100);
});

test('tokens and cost are those of every attempt, each counted once', () => {
  const error = { code: 'invalid_output', message: '', provider: 'kimi', retryable: true } as const;
  const invalid = attempt({ outcome: 'retrying', code: 'invalid_output', costUsd: 0.25 });
  const again = processing({
    status: 'queued',
    lastEvent: 'retrying',
    version: 3,
    timeline: [invalid],
    error,
  });
  const running = processing({ version: 4, timeline: [invalid], error });
  const done = completed({ version: 5, timeline: [invalid, attempt({ attempt: 2 })], error });
  const [kimi] = countStatistics(story(makeTask(), processing(), again, running, done), models).providers;
  assert.deepEqual(changed(kimi), {
    calls: { requests: 2, errors: 1, latencies: { 1000: 1 } },
    errorsByCode: { invalid_output: 1 },
    latencyMs: 812,
    retries: 1,
    tokens: { prompt: 20, completion: 40 },
    costUsd: 0.75,
  });
});

test('what a call used is counted though its task had ended before it', () => {
  const cancelled = processing({ status: 'cancelled', lastEvent: 'cancelled', version: 3 });
  const recorded = { ...cancelled, timeline: [attempt({ outcome: 'cancelled' })] };
  const [kimi] = countStatistics(story(cancelled, recorded).slice(1), models).providers;
  assert.deepEqual(changed(kimi), { tokens: { prompt: 10, completion: 20 }, costUsd: 0.5 });
});

test('a task that moves without an attempt counts no old error again', () => {
  const error = { code: 'provider_error', message: '', provider: 'kimi', retryable: true } as const;
  const timeline = [attempt({ outcome: 'retrying', code: 'provider_error' })];
  const waiting = makeTask({ lastEvent: 'retrying', version: 3, timeline, error });
  const moved = { ...waiting, version: 4, provider: 'qwen', failovers: 1 };
  const [kimi] = countStatistics(story(waiting, moved).slice(1), models).providers;
  assert.deepEqual(changed(kimi), { queued: { normal: -1 }, failovers: 1 });
});

test('a tenant spends by every attempt, whatever came of it: by provider and model, and by type', () => {
  const error = { code: 'provider_error', message: '', provider: 'kimi', retryable: true } as const;
  const first = attempt({ outcome: 'retrying', code: 'provider_error', costUsd: 0.25 });
  const again = processing({ status: 'queued', lastEvent: 'retrying', version: 3, timeline: [first], error });
  const second = attempt({ attempt: 2, provider: 'qwen', model: 'invented', usage: null, costUsd: 0.125 });
  const done = failed({ version: 4, timeline: [first, second], error });
  const cancelled = processing({ status: 'cancelled', lastEvent: 'cancelled', version: 3 });
  const recorded = { ...cancelled, timeline: [attempt({ outcome: 'cancelled' })] };
  const changes = [...story(processing(), again, done), ...story(cancelled, recorded)];
  const [tenant] = countStatistics(changes, models).tenants;
  assert.deepEqual(tenant?.spending, { calls: 3, promptTokens: 20, completionTokens: 40, costUsd: 0.875 });
  assert.deepEqual(tenant?.byModel, {
    'kimi/k2': { calls: 2, promptTokens: 20, completionTokens: 40, costUsd: 0.75 },
    'qwen/other': { calls: 1, promptTokens: 0, completionTokens: 0, costUsd: 0.125 },
  });
  assert.deepEqual(tenant?.spentByType, { translation: tenant?.spending });
});

test('an attempt that is recorded late is counted, though a later one was before', () => {
  const late = attempt({ outcome: 'interrupted', costUsd: 0.25 });
  const done = completed({ timeline: [attempt({ attempt: 2 })] });
  const changes = story(done, { ...done, timeline: [late, attempt({ attempt: 2 })] }).slice(1);
  assert.equal(countStatistics(changes, models).tenants[0]?.spending.costUsd, 0.25);
});
