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
  await tasks.create([await prepareTask(body, identity, makeRules(), new Map())]);
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

type Ports = Awaited<ReturnType<typeof setUp>>;

/** Priority and revision of each message that was sent, in order. */
const sentBy = ({ queues }: Ports) =>
  queues.sent.map(({ priority, message }) => [priority, message.revision]);

test('a task of a new priority has a message in that queue', async () => {
  const ports = await setUp();
  const task = await reprioritizeTask(key, { priority: 'high' }, 2_000, ports);
  assert.deepEqual([task.priority, task.revision], ['high', 1]);
  assert.deepEqual(
    ports.queues.sent.map(({ priority, message }) => [priority, message.taskId]),
    [['high', 'task_1']],
  );
});

test('the priority changes both ways, any number of times, each message newer than the one before', async () => {
  const ports = await setUp();
  for (const priority of ['high', 'low', 'high', 'normal'])
    assert.equal((await reprioritizeTask(key, { priority }, 2_000, ports)).priority, priority);
  assert.deepEqual(sentBy(ports), [
    ['high', 1],
    ['low', 2],
    ['high', 3],
    ['normal', 4],
  ]);
});

test('the priority that a task has already changes nothing and sends nothing', async () => {
  const ports = await setUp();
  assert.equal((await reprioritizeTask(key, { priority: 'normal' }, 2_000, ports)).revision, 0);
  await reprioritizeTask(key, { priority: 'low' }, 2_000, ports);
  await reprioritizeTask(key, { priority: 'low' }, 3_000, ports);
  assert.deepEqual(sentBy(ports), [['low', 1]]);
});

test('the message is sent before the row names it, so that dying in between leaves none too few', async () => {
  const ports = await setUp();
  ports.tasks.reprioritize = () => Promise.reject(new Error('died'));
  await assert.rejects(reprioritizeTask(key, { priority: 'high' }, 2_000, ports), /died/);
  assert.deepEqual(sentBy(ports), [['high', 1]]);
  assert.equal((await ports.tasks.get(key))?.priority, 'normal');
});

test('of two changes at once the later one has a message that is newer', async () => {
  const ports = await setUp();
  const { enqueue } = ports.queues;
  // Another request comes first, between the message of this one and its row.
  let isFirst = true;
  ports.queues.enqueue = async (tasks) => {
    await enqueue(tasks);
    if (isFirst) await ports.tasks.reprioritize(key, 'low', 0);
    isFirst = false;
  };
  assert.equal((await reprioritizeTask(key, { priority: 'high' }, 2_000, ports)).revision, 2);
  assert.deepEqual(sentBy(ports), [
    ['high', 1],
    ['high', 2],
  ]);
});

test('a task that waits until a time is shown by its new message no earlier', async () => {
  const ports = await setUp();
  const found = ports.tasks.stored.get(key.taskId);
  assert.ok(found);
  found.task = { ...found.task, notBefore: 7_000 };
  await reprioritizeTask(key, { priority: 'high' }, 2_000, ports);
  assert.equal(ports.queues.sent[0]?.delayMs, 5_000);
});

test('a task that waits no more keeps its priority', async () => {
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
