import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReadinessCheck } from '../../../../core/http-contract/check-readiness.ts';

test('a check that throws has failed, the others are told as they are', async () => {
  const table = async () => undefined;
  const queues = () => Promise.reject(new Error('no queue'));
  const check = createReadinessCheck({ table, queues }, () => 0);
  assert.deepEqual(await check(), { status: 'not_ready', checks: { table: 'ok', queues: 'failed' } });
});

test('the checks run once in five seconds, however often they are asked for', async () => {
  let [now, runs, works] = [1_000, 0, true];
  const queues = async () => {
    runs += 1;
    if (!works) throw new Error('no queue');
  };
  const check = createReadinessCheck({ queues }, () => now);
  await Promise.all([check(), check()]);
  works = false;
  now += 4_999;
  assert.equal((await check()).status, 'ready');
  assert.equal(runs, 1);
  now += 1;
  assert.equal((await check()).status, 'not_ready');
  assert.equal(runs, 2);
});
