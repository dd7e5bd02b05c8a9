import assert from 'node:assert/strict';
import test from 'node:test';
import { buildBatchEvent, buildTaskEvent, largestEventBytes } from '../../../../core/events/build-event.ts';
import { completed, failed, makeTask, start } from '../../../make-task.ts';

test('an event has every member of the public API', () => {
  assert.deepEqual(buildTaskEvent(completed({ batchId: 'batch_1' })), {
    event_id: 'evt_0b7e_3',
    event_type: 'completed',
    task_id: 'task_0b7e',
    batch_id: 'batch_1',
    status: 'completed',
    version: 3,
    timestamp: '2026-01-01T00:00:00.900Z',
    data: {
      content: 'ja',
      finish_reason: 'stop',
      cached: false,
      usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
      cost_usd: 0.5,
      latency_ms: 812,
    },
    error: null,
  });
});

test('receivers of the former Go service find event_type, task_id, data and error', () => {
  const good = buildTaskEvent(completed());
  assert.equal(good.event_type, 'completed');
  assert.equal((good.data as { content: string }).content, 'ja');
  assert.equal(good.error, null);
  const bad = buildTaskEvent(failed());
  assert.equal(bad.event_type, 'failed');
  assert.equal(bad.task_id, 'task_0b7e');
  assert.equal(bad.data, null);
  assert.deepEqual(bad.error, {
    code: 'provider_error',
    message: 'it broke',
    provider: 'kimi',
    retryable: false,
  });
});

test('data is left out where the whole event passes 28 KB, counted in bytes', () => {
  const withContent = (content: string) => {
    const task = completed();
    return buildTaskEvent({ ...task, result: task.result && { ...task.result, content } });
  };
  const overhead = Buffer.byteLength(JSON.stringify(withContent('')));
  const fits = withContent('x'.repeat(largestEventBytes - overhead));
  assert.equal(Buffer.byteLength(JSON.stringify(fits)), largestEventBytes);
  assert.equal('data_omitted' in fits, false);
  const over = withContent('x'.repeat(largestEventBytes - overhead + 1));
  assert.equal(over.data_omitted, true);
  assert.equal('data' in over, false);
  assert.equal(withContent('字'.repeat(10_000)).data_omitted, true);
});

test('data is left out where the result lies in S3', () => {
  assert.equal(buildTaskEvent(completed({ resultKey: 'default/task/result.json' })).data_omitted, true);
});

test('the event of an attempt that is repeated has no error, as the task shows none', () => {
  const retrying = failed({ status: 'queued', lastEvent: 'retrying' });
  assert.equal(buildTaskEvent(retrying).error, null);
  assert.equal(buildTaskEvent(completed({ error: retrying.error })).error, null);
});

test('the same version of a task has the same event_id, and the time of its change', () => {
  assert.deepEqual(buildTaskEvent(makeTask()), buildTaskEvent(makeTask()));
  assert.equal(buildTaskEvent(makeTask({ changedAt: start + 5 })).timestamp, '2026-01-01T00:00:00.005Z');
});

test('the event of a completed batch has its counts', () => {
  const batch = {
    tenant: 'default',
    batchId: 'batch_9',
    createdAt: start,
    completedAt: start + 1,
    callbackUrl: null,
  };
  const event = buildBatchEvent({
    ...batch,
    version: 2,
    total: 3,
    processing: 0,
    completed: 1,
    failed: 1,
    cancelled: 1,
  });
  assert.equal(event.event_id, 'evt_9_2');
  assert.equal(event.event_type, 'batch.completed');
  assert.equal(event.task_id, null);
  assert.equal(event.status, 'completed');
  assert.deepEqual(event.data, { total: 3, completed: 1, failed: 1, cancelled: 1 });
});
