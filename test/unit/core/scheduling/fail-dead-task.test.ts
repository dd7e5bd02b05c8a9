import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failDeadTasks } from '../../../../core/scheduling/fail-dead-task.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { createMemoryQueues } from '../../../fakes/scheduling/memory-queues.ts';
import { createMemoryTaskStore } from '../../../fakes/scheduling/memory-task-store.ts';
import { makeTask, start } from '../../../make-task.ts';

/** Tasks whose messages are in the dead-letter queue. */
async function setUp(...tasks: Task[]) {
  const clock = { now: start };
  const store = createMemoryTaskStore();
  const queues = createMemoryQueues(() => clock.now, 1);
  await store.create(tasks.map((task) => ({ task, input: { prompt: 'p' } })));
  await queues.enqueue(tasks.map((task) => toQueuedTask(task)));
  for (const _ of tasks) await queues.receive('kimi', 'normal', 0, 0);
  await queues.receive('kimi', 'normal', 0, 0);
  assert.equal(queues.deadMessages('kimi'), tasks.length);
  return { store, queues, run: (now: number) => failDeadTasks('kimi', { store, queues }, now) };
}

test('a dead-lettered task is sent anew while its time lasts: waiting ends no task', async () => {
  const { store, queues, run } = await setUp(makeTask({ notBefore: start + 9_000 }));
  assert.equal(await run(start + 2_000), 1);
  assert.deepEqual(
    queues.taskMessages('kimi').map(({ visibleAt }) => visibleAt),
    [start + 7_000],
    'not before its provider asked for',
  );
  assert.equal(store.all()[0]?.status, 'queued');
  assert.equal(queues.deadMessages('kimi'), 0);
});

test('a dead-lettered task whose time is over has failed by its deadline', async () => {
  const { store, queues, run } = await setUp(makeTask({ deadlineAt: start + 2_000 }));
  assert.equal(await run(start + 2_000), 1);
  const [task] = store.all();
  assert.deepEqual([task?.status, task?.error?.code], ['failed', 'timeout']);
  assert.deepEqual(queues.taskMessages('kimi'), []);
  assert.equal(queues.deadMessages('kimi'), 0);
});

test('a dead-lettered task that has ended, or is gone, stays as it is', async () => {
  const { store, queues, run } = await setUp(makeTask());
  await store.cancel({ tenant: 'default', taskId: 'task_0b7e' }, start);
  assert.equal(await run(start), 1);
  assert.equal(store.all()[0]?.status, 'cancelled');
  const gone = await setUp(makeTask());
  gone.store.getMany = async () => [];
  assert.equal(await gone.run(start), 1);
  for (const each of [queues, gone.queues]) {
    assert.deepEqual(each.taskMessages('kimi'), []);
    assert.equal(each.deadMessages('kimi'), 0);
  }
});

test('a dead-lettered task that cannot be sent stays where it is', async () => {
  const { queues, run } = await setUp(makeTask());
  queues.enqueue = () => Promise.reject(new Error('throttled'));
  await assert.rejects(run(start), /throttled/);
  assert.equal(queues.deadMessages('kimi'), 1);
});

test('every page is read, until the queue is empty', async () => {
  const tasks = Array.from({ length: 23 }, (_, place) => makeTask({ taskId: `task_${place}` }));
  const { queues, run } = await setUp(...tasks);
  assert.equal(await run(start), 23);
  assert.equal(queues.taskMessages('kimi').length, 23);
  assert.equal(await run(start), 0);
});
