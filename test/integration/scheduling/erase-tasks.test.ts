import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoDeltaLog } from '../../../adapters/dynamo-delta-log.ts';
import { inputKey } from '../../../adapters/task-rows.ts';
import { newTask } from './start-stores.ts';
import { now, recordOf, result, useTaskRows } from './use-task-rows.ts';

const { claim, create, objects, open, read, rowOf, table } = useTaskRows();

test('what a task that has ended was asked and answered is erased, small or large; what it cost is not', async () => {
  for (const size of [10, 300_000]) {
    const text = 'x'.repeat(size);
    const created = newTask({ createdAt: now, deadlineAt: now + 900_000, metadata: { a: 'b' } });
    const { task } = created;
    await open().create([{ task, input: { prompt: text } }]);
    await open().erase(task);
    assert.equal((await open().readInput(task))?.prompt, text, 'an open task is left alone');
    const claimed = await claim(task);
    await open().complete(claimed, { ...result, content: text }, recordOf(claimed, now + 7));
    for (let times = 0; times < 2; times += 1) {
      const before = await read(task);
      await open().erase(task);
      const after = await read(task);
      assert.equal(await open().readInput(task), undefined);
      assert.equal(await table().get(inputKey(task)), undefined);
      assert.deepEqual([after.status, after.result, after.metadata], ['completed', null, {}]);
      assert.deepEqual([after.version, after.timeline], [before.version, before.timeline], 'no event');
      assert.ok(!JSON.stringify(await rowOf(task)).includes(text));
    }
  }
  assert.equal(objects.size, 0);
});

test('a task that is not there is none after it was erased', async () => {
  const { task } = newTask({});
  await open().erase(task);
  assert.deepEqual(await rowOf(task), {});
});

test('all pieces of an answer are deleted, and no other’s', async () => {
  const [one, other] = [await create(), await create()];
  const log = createDynamoDeltaLog({ table: table(), retentionMs: 1, now: () => now });
  for (const key of [one, other])
    for (let sequence = 0; sequence < 60; sequence += 1)
      await log.append(key, { attempt: 1, sequence, position: 0, deltas: [] }, now);
  await log.delete(one);
  const from = { attempt: 0, sequence: 0 };
  assert.deepEqual(await log.read(one, from, true), []);
  assert.equal((await log.read(other, from, true)).length, 60);
});
