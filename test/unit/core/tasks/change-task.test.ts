import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelTask } from '../../../../core/tasks/cancel-task.ts';
import { getTask } from '../../../../core/tasks/get-task.ts';
import { prepareTask } from '../../../../core/tasks/prepare-task.ts';
import { reprioritizeTask } from '../../../../core/tasks/reprioritize-task.ts';
import { createMemoryQueues, createMemoryTasks } from '../../../fakes/memory-submissions.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const key = { tenant: 'default', taskId: 'task_1' };

async function setUp() {
  const tasks = createMemoryTasks();
  const identity = { ...key, batchId: null, batchIndex: null, now: 1_000 };
  const body = { type: 'custom', prompt: 'x', config: { timeout: '10s' } };
  await tasks.create([prepareTask(body, identity, makeRules(), new Map())]);
  return { tasks, queues: createMemoryQueues() };
}

test('a task before its deadline is read as it is', async () => {
  const { tasks } = await setUp();
  assert.equal((await getTask(key, 10_999, tasks)).status, 'queued');
});

test('a task past its deadline is failed before it is read', async () => {
  const { tasks } = await setUp();
  const task = await getTask(key, 11_000, tasks);
  assert.equal(task.status, 'failed');
  assert.equal(task.error?.code, 'timeout');
});

test("another tenant's task is not found, by no operation", async () => {
  const { tasks, queues } = await setUp();
  const other = { ...key, tenant: 'other' };
  const notFound = { code: 'not_found' };
  await assert.rejects(getTask(other, 2_000, tasks), notFound);
  await assert.rejects(cancelTask(other, 2_000, tasks), notFound);
  await assert.rejects(reprioritizeTask(other, { priority: 'high' }, 2_000, { tasks, queues }), notFound);
});

test('a queued task is cancelled once; a second time is a conflict', async () => {
  const { tasks } = await setUp();
  assert.equal((await cancelTask(key, 2_000, tasks)).status, 'cancelled');
  await assert.rejects(cancelTask(key, 3_000, tasks), { code: 'conflict' });
});

test('a task of a new priority gets a message in that queue', async () => {
  const { tasks, queues } = await setUp();
  const task = await reprioritizeTask(key, { priority: 'high' }, 2_000, { tasks, queues });
  assert.equal(task.priority, 'high');
  assert.deepEqual(
    queues.sent.map(({ priority, message }) => [priority, message.taskId]),
    [['high', 'task_1']],
  );
});

test('a task that is not queued any more keeps its priority', async () => {
  const { tasks, queues } = await setUp();
  await cancelTask(key, 2_000, tasks);
  await assert.rejects(reprioritizeTask(key, { priority: 'high' }, 2_000, { tasks, queues }), {
    code: 'conflict',
  });
  assert.equal(queues.sent.length, 0);
});

test('an unknown priority is refused', async () => {
  const { tasks, queues } = await setUp();
  for (const body of [{ priority: 'urgent' }, {}, { priority: 'high', config: {} }, null])
    await assert.rejects(reprioritizeTask(key, body, 2_000, { tasks, queues }), { code: 'invalid_request' });
});
