import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoResultCache } from '../../../adapters/dynamo-result-cache.ts';
import type { TaskResult } from '../../../core/tasks/task.ts';
import { startStateTable } from '../providers/start-state-table.ts';

const now = 1_000_000;
const result: TaskResult = {
  content: 'x',
  data: { a: [1, null] },
  finishReason: 'stop',
  cached: false,
  usage: { promptTokens: 1, completionTokens: 2 },
  costUsd: 0.1,
  latencyMs: 100,
};

test('of 100 equal tasks at once one becomes the leader, in one request each', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  const cache = createDynamoResultCache({ table });
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, task) => cache.join('k', `task_${task}`, now, now + 1_000)),
  );
  assert.equal(outcomes.filter(({ kind }) => kind === 'leader').length, 1);
  assert.equal(outcomes.filter(({ kind }) => kind === 'busy').length, 99);
  assert.equal(takeOperations().length, 100);
});

test('equal tasks get a stored result until it expires, as cached and free of cost', async (t) => {
  const cache = createDynamoResultCache({ table: (await startStateTable(t)).table });
  await cache.join('k', 'task_1', now, now + 1_000);
  await cache.store('k', result, now + 60_000);
  const cached = { ...result, cached: true, costUsd: 0, latencyMs: 0 };
  assert.deepEqual(await cache.join('k', 'task_2', now + 1, now + 1_000), { kind: 'hit', result: cached });
  assert.deepEqual(await cache.read('k', now + 59_999), cached);
  assert.equal(await cache.read('k', now + 60_000), undefined);
  assert.deepEqual(await cache.join('k', 'task_3', now + 60_000, now + 61_000), { kind: 'leader' });
  assert.deepEqual(await cache.join('k', 'task_4', now + 60_000, now + 61_000), { kind: 'busy' });
});

test('a leader extends its flight, releases it, and loses it when it dies', async (t) => {
  const cache = createDynamoResultCache({ table: (await startStateTable(t)).table });
  assert.equal((await cache.join('k', 'task_1', now, now + 1_000)).kind, 'leader');
  assert.equal((await cache.join('k', 'task_1', now + 500, now + 2_000)).kind, 'leader');
  await cache.release('k', 'task_2');
  assert.equal((await cache.join('k', 'task_2', now + 1_999, now + 3_000)).kind, 'busy');
  assert.equal((await cache.join('k', 'task_2', now + 2_000, now + 3_000)).kind, 'leader');
  await cache.release('k', 'task_2');
  assert.equal((await cache.join('k', 'task_3', now + 2_001, now + 3_000)).kind, 'leader');
});

test('a result too large for its row ends the flight and is not kept', async (t) => {
  const cache = createDynamoResultCache({ table: (await startStateTable(t)).table });
  await cache.join('k', 'task_1', now, now + 1_000);
  await cache.store('k', { ...result, content: 'x'.repeat(400_000) }, now + 60_000);
  assert.equal((await cache.join('k', 'task_2', now, now + 1_000)).kind, 'leader');
});
