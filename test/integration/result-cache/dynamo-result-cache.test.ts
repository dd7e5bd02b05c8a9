import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoResultCache } from '../../../adapters/dynamo-result-cache.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import type { WaitingTask } from '../../../core/scheduling/waiting-tasks.ts';
import type { TaskResult } from '../../../core/tasks/task.ts';
import { makeTask } from '../../make-task.ts';
import { startStateTable } from '../providers/start-state-table.ts';
import { loseAnswers } from '../scheduling/lose-answers.ts';

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
  assert.deepEqual(await cache.join('k', 'task_3', now + 60_000, now + 61_000), {
    kind: 'leader',
    followed: 0,
  });
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

function followerOf(taskId: string, provider = 'kimi'): WaitingTask {
  const { message, priority } = toQueuedTask(makeTask({ taskId, cacheKey: 'k', priority: 'low' }));
  return { provider, received: { message, priority, receiveCount: 1, handle: `handle of ${taskId}` } };
}

test('who follows is read as it was written, page by page, and is gone when it was ended', async (t) => {
  const cache = createDynamoResultCache({ table: (await startStateTable(t)).table });
  await cache.join('k', 'leader', now, now + 1_000);
  const followers = ['task_1', 'task_2', 'task_3'].map((taskId) => followerOf(taskId, `p-${taskId}`));
  for (const follower of followers) assert.equal(await cache.follow('k', follower, now), true);
  assert.equal(await cache.store('k', result, now + 60_000), 3);

  assert.deepEqual(await cache.listFollowers('k', 2), followers.slice(0, 2));
  await cache.removeFollowers('k', followers.slice(0, 2));
  assert.deepEqual(await cache.listFollowers('k', 100), followers.slice(2));
  await cache.removeFollowers('k', followers);
  assert.deepEqual(await cache.listFollowers('k', 100), []);
  assert.deepEqual(await cache.listFollowers('another', 100), []);
});

test('a flight that is over is followed by nobody, whatever ended it', async (t) => {
  const cache = createDynamoResultCache({ table: (await startStateTable(t)).table });
  const follows = (taskId: string, at: number) => cache.follow('k', followerOf(taskId), at);
  assert.equal(await follows('too early', now), false);
  await cache.join('k', 'leader', now, now + 1_000);
  assert.equal(await follows('in time', now + 999), true);
  assert.equal(await follows('after its leader died', now + 1_000), false);
  await cache.join('k', 'leader', now + 900, now + 2_000);
  assert.equal(await follows('after it was renewed', now + 1_000), true);
  await cache.release('k', 'leader');
  assert.equal(await follows('after it was given up', now + 1_000), false);
  await cache.join('k', 'second', now + 1_000, now + 2_000);
  await cache.store('k', result, now + 60_000);
  assert.equal(await follows('after it landed', now + 1_001), false);
  const left = (await cache.listFollowers('k', 100)).map(({ received }) => received.message.taskId);
  assert.deepEqual(left.sort(), ['after it was renewed', 'in time']);
});

test('whoever lands or gives up a flight is told how many have followed, also when the answer was lost', async (t) => {
  const { table } = await startStateTable(t);
  const cache = createDynamoResultCache({ table });
  const repeated = createDynamoResultCache({ table: loseAnswers(table) });
  await cache.join('k', 'leader', now, now + 1_000);
  assert.equal(await cache.follow('k', followerOf('task_1'), now), true);
  assert.equal(await cache.release('k', 'another'), 0, 'it does not lead');
  assert.equal(await repeated.release('k', 'leader'), 1);
  const next = await repeated.join('k', 'next', now, now + 1_000);
  assert.deepEqual(next, { kind: 'leader', followed: 1 }, 'and so is who leads the next one');
  await cache.join('k', 'next', now, now + 1_000);
  assert.equal(await repeated.store('k', result, now + 60_000), 1);
});

test('a flight is led, and followed, once by one whose answers were lost', async (t) => {
  const { table } = await startStateTable(t);
  const repeated = createDynamoResultCache({ table: loseAnswers(table) });
  assert.equal((await repeated.join('k', 'leader', now, now + 1_000)).kind, 'leader');
  assert.equal(await repeated.follow('k', followerOf('task_1'), now), true);
  assert.equal((await repeated.listFollowers('k', 100)).length, 1);
  assert.ok((await repeated.store('k', result, now + 60_000)) >= 1);
});

test('a result too long for its row is not kept, and whoever made it is told who followed all the same', async (t) => {
  const cache = createDynamoResultCache({ table: (await startStateTable(t)).table });
  await cache.join('k', 'leader', now, now + 1_000);
  await cache.follow('k', followerOf('task_1'), now);
  assert.equal(await cache.store('k', { ...result, content: 'x'.repeat(400_000) }, now + 60_000), 1);
  assert.equal(await cache.read('k', now), undefined);
  assert.equal((await cache.listFollowers('k', 100)).length, 1);
});

test('of fifty who come while the result lands each follows and is found, or is sent to look again', async (t) => {
  const cache = createDynamoResultCache({ table: (await startStateTable(t)).table });
  await cache.join('k', 'leader', now, now + 1_000);
  const followed: string[] = [];
  // Five in a row in each of ten lines; the result lands when the first ones are in.
  const come = async (line: number) => {
    for (let place = 0; place < 5; place += 1) {
      const taskId = `task_${line}_${place}`;
      if (await cache.follow('k', followerOf(taskId), now)) followed.push(taskId);
    }
  };
  const coming = Array.from({ length: 10 }, (_, line) => come(line));
  while (followed.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const counted = await cache.store('k', result, now + 60_000);
  await Promise.all(coming);
  assert.ok(counted >= followed.length, 'never too few are counted');
  const found = (await cache.listFollowers('k', 100)).map(({ received }) => received.message.taskId);
  assert.deepEqual(found.sort(), followed.sort());
  assert.equal((await cache.join('k', 'late', now, now + 1_000)).kind, 'hit');
});
