import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskFromItem, taskToItem } from '../../../adapters/task-items.ts';
import { inputKey } from '../../../adapters/task-rows.ts';
import type { Task } from '../../../core/tasks/task.ts';
import { toWireTask } from '../../../core/tasks/task-wire.ts';
import { completed, failed, makeTask, start } from '../../make-task.ts';

const whole: Partial<Task> = {
  taskId: 'task_1',
  batchId: 'batch_1',
  batchIndex: 3,
  failovers: 1,
  cacheKey: 'key',
  metadata: { order: '7' },
  callbackUrl: 'https://hook.example/',
  callbackEvents: ['completed'],
  routing: {
    strategy: 'balanced',
    pinned: true,
    ranking: [
      {
        provider: 'kimi',
        model: 'k2',
        score: 0.512,
        reasons: { cost_usd: 0.00123, wait_ms: 1, latency_ms: 100, quality: 0.8, error_rate: 0.012 },
      },
    ],
    excluded: [{ provider: 'qwen', model: 'q3', reason: 'no_key' }],
  },
};

/** As every version has written it. */
const stored = {
  pk: 'default#task_1',
  sk: 'META',
  kind: 'task',
  tenant: 'default',
  task_id: 'task_1',
  batch_id: 'batch_1',
  batch_index: 3,
  type: 'translation',
  status: 'queued',
  last_event: 'queued',
  version: 1,
  priority: 'normal',
  created_at: start,
  changed_at: start,
  deadline_at: start + 60_000,
  attempts: 0,
  provider_attempts: 0,
  hops: 1,
  provider: 'kimi',
  model: 'k2',
  routing:
    '["balanced",1,[["kimi","k2",0.512,0.00123,1,100,0.8,0.012]],[{"provider":"qwen","model":"q3","reason":"no_key"}]]',
  config: '{"maxRetries":3,"failover":true,"strategy":"balanced"}',
  estimated_tokens: 100,
  cache_key: 'key',
  metadata: '{"order":"7"}',
  callback_url: 'https://hook.example/',
  callback_events: '["completed"]',
  list_pk: 'default',
  list_sk: '2026-01-01T00:00:00.000Z#task_1',
  batch_pk: 'default#batch_1',
  batch_sk: '000003',
  open_pk: 'kimi',
  open_sk: '001767225660000#default#task_1',
};
const ended = {
  status: 'completed',
  started_at: start + 10,
  completed_at: start + 900,
  result:
    '{"content":"ja","finishReason":"stop","cached":false,"usage":{"promptTokens":10,"completionTokens":20},"costUsd":0.5,"latencyMs":812}',
};

test('a task is stored under the attribute names of every version', () => {
  assert.deepEqual(taskToItem(makeTask(whole), true), stored);
  const { status, started_at, completed_at, result } = taskToItem(completed(), false);
  assert.deepEqual({ status, started_at, completed_at, result }, ended);
  assert.deepEqual(inputKey(makeTask(whole)), { pk: 'default#task_1', sk: 'INPUT' });
});

test('a row is read as it was written, without what a newer version added', () => {
  assert.deepEqual(taskFromItem(stored), makeTask(whole));
  const newer = {
    ...stored,
    of_a_newer_version: { a: 1 },
    config: '{"maxRetries":3,"failover":true,"strategy":"balanced","newer":true}',
    routing: stored.routing.replace('0.012]', '0.012,"newer"]').replace(/]$/, ',["newer"]]'),
  };
  assert.deepEqual(taskFromItem(newer), makeTask(whole));
});

test('a row that lacks what every task has is refused by name', () => {
  const { config: _, ...half } = stored;
  assert.throws(() => taskFromItem(half), /The row of a task cannot be read: config: /);
  assert.throws(() => taskFromItem({ ...stored, error: '{"code":"nope"}' }), /cannot be read: error: /);
});

test('a result with odd members of a provider is read all the same, its counts as numbers', () => {
  const result = {
    content: [{ type: 'text', text: 'ja' }],
    finishReason: 7,
    cached: false,
    usage: { promptTokens: '73', completionTokens: null },
    costUsd: null,
    latencyMs: 812,
  };
  const task = taskFromItem({ ...stored, ...ended, result: JSON.stringify(result) });
  assert.deepEqual(task.result, {
    content: '[{"type":"text","text":"ja"}]',
    finishReason: '7',
    cached: false,
    usage: { promptTokens: 73, completionTokens: 0 },
    costUsd: 0,
    latencyMs: 812,
  });
});

test('what was put right in an answer, and what came back of a failed task, are kept and shown', () => {
  const repairs = [{ pointer: '/confidence', detail: '85 was read as 0.85' }];
  const done = completed();
  const mended = { ...done, result: done.result && { ...done.result, data: { confidence: 0.85 }, repairs } };
  assert.deepEqual(toWireTask(taskFromItem({ ...taskToItem(mended, false) })).result?.repairs, repairs);
  assert.equal(toWireTask(done).result?.repairs, undefined);

  const error = { code: 'invalid_output', message: 'm', provider: 'kimi', retryable: false } as const;
  const broken = failed({ error: { ...error, answer: '{"confidence":' } });
  assert.equal(toWireTask(taskFromItem({ ...taskToItem(broken, false) })).error?.answer, '{"confidence":');
  assert.deepEqual(toWireTask(failed({ error })).error, error);
});
