import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundOfLifeMs, unhurriedLifeMs } from '../../../config/task-lives.ts';

const hour = 3_600_000;
const day = 24 * hour;

for (const [retentionMs, taskTimeoutMs, unhurried, bound, why] of [
  [7 * day, hour, 7 * day, 7 * day, 'as long as its result would be kept'],
  [hour, 2 * hour, 2 * hour, day, 'no shorter than any other task; lines of batches live a day'],
  [3650 * day, hour, 14 * day, 14 * day, 'no longer than SQS keeps its message'],
] as const)
  test(`a task for which nobody waits lives ${why}`, () => {
    assert.equal(unhurriedLifeMs({ retentionMs, taskTimeoutMs }), unhurried);
    assert.equal(boundOfLifeMs({ retentionMs, taskTimeoutMs }), bound);
  });
