import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now, useTaskRows } from './use-task-rows.ts';

const { open, create, claimAs } = useTaskRows();

test('whoever listens is seen with the claim and by the worker’s look, and makes no event', async () => {
  const waiting = await create();
  await open().listen(waiting);
  const claimed = await claimAs('a', waiting);
  assert.ok(claimed.kind === 'claimed');
  assert.deepEqual([claimed.task.listened, claimed.task.version], [true, 2]);

  const running = await create();
  assert.equal((await claimAs('b', running)).kind, 'claimed');
  const before = await open().get(running);
  assert.equal(await open().look(running, 1), 'held');
  await open().listen(running);
  assert.equal(await open().look(running, 1), 'listened');
  assert.equal(await open().look(running, 2), 'lost', 'another attempt’s worker is told nothing');
  assert.deepEqual(await open().get(running), { ...before, listened: true });
});

test('an ended task is listened to by nobody, nor is one that does not exist', async () => {
  const ended = await create();
  await open().cancel(ended, now);
  await open().listen(ended);
  assert.equal((await open().get(ended))?.listened, undefined);
  const missing = { tenant: 'default', taskId: 'task_missing' };
  await open().listen(missing);
  assert.equal(await open().get(missing), undefined);
});
