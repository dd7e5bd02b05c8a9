import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoWaitingTasks } from '../../../adapters/dynamo-waiting-tasks.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import type { WaitingTask } from '../../../core/scheduling/waiting-tasks.ts';
import type { Task } from '../../../core/tasks/task.ts';
import { makeTask, start } from '../../make-task.ts';
import { startStateTable } from '../providers/start-state-table.ts';

function waitingOf(taskId: string, members: Partial<Task> = {}, handle = `handle of ${taskId}`): WaitingTask {
  const { provider, priority, message } = toQueuedTask(makeTask({ taskId, ...members }));
  return { provider, received: { message, priority, receiveCount: 2, handle } };
}

const idsOf = (list: WaitingTask[]) => list.map(({ received }) => received.message.taskId);

test('the most urgent is first, and of those the oldest, whatever provider and tenant', async (t) => {
  const waiting = createDynamoWaitingTasks({ table: (await startStateTable(t)).table });
  const expected = [
    waitingOf('old and urgent', { priority: 'high', createdAt: start - 5_000 }),
    waitingOf('urgent', { priority: 'high', createdAt: start, provider: 'qwen' }),
    // A message of an earlier version does not say when its task was accepted.
    waitingOf('of an earlier version', { createdAt: 0 }),
    waitingOf('old', { createdAt: 999_999_999_999 }),
    waitingOf('younger', { createdAt: 1_000_000_000_000, tenant: 'another' }),
    waitingOf('low', { priority: 'low', createdAt: start - 9_000 }),
  ];
  for (const each of expected.toReversed()) await waiting.add('custom', each);
  assert.deepEqual(await waiting.list('custom', 100), expected);
  assert.deepEqual(idsOf(await waiting.list('custom', 2)), ['old and urgent', 'urgent']);
});

test('types do not see each other', async (t) => {
  const waiting = createDynamoWaitingTasks({ table: (await startStateTable(t)).table });
  await waiting.add('custom', waitingOf('one'));
  await waiting.add('translation', waitingOf('other'));
  assert.deepEqual(idsOf(await waiting.list('custom', 10)), ['one']);
  await waiting.remove('translation', waitingOf('one'));
  assert.deepEqual(idsOf(await waiting.list('custom', 10)), ['one']);
});

test('a task that comes again waits once, under its newest handle; removing it twice does no harm', async (t) => {
  const waiting = createDynamoWaitingTasks({ table: (await startStateTable(t)).table });
  await waiting.add('custom', waitingOf('one', {}, 'first'));
  await waiting.add('custom', waitingOf('one', {}, 'second'));
  const found = await waiting.list('custom', 10);
  assert.deepEqual(
    found.map(({ received }) => received.handle),
    ['second'],
  );
  await waiting.remove('custom', waitingOf('one'));
  await waiting.remove('custom', waitingOf('one'));
  assert.deepEqual(await waiting.list('custom', 10), []);
});

test('twenty who come at once all wait', async (t) => {
  const waiting = createDynamoWaitingTasks({ table: (await startStateTable(t)).table });
  const all = Array.from({ length: 20 }, (_, index) => waitingOf(`task_${index}`));
  await Promise.all(all.map((each) => waiting.add('custom', each)));
  assert.deepEqual(idsOf(await waiting.list('custom', 100)).sort(), idsOf(all).sort());
});

test('whoever is forgotten is forgotten by its deadline', async (t) => {
  const { table } = await startStateTable(t);
  const waiting = createDynamoWaitingTasks({ table });
  await waiting.add('custom', waitingOf('one', { deadlineAt: start + 1 }));
  const { items } = await table.query({ where: '#pk = :pk', values: { pk: 'WAIT#custom' } });
  assert.deepEqual(
    items.map(({ ttl }) => ttl),
    [start / 1_000 + 1],
  );
});
