import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { newTask } from './start-stores.ts';
import { now, useTaskRows } from './use-task-rows.ts';

const { open, openAfterLostAnswers, table } = useTaskRows();

describe('a submission with a key', () => {
  const large = (letter: string) => ({ prompt: letter.repeat(300_000) });
  const first = () => newTask({ createdAt: now, deadlineAt: now + 900_000 }, large('a'));

  test('keeps the input of the first request whatever body comes under its key later', async () => {
    const task = first();
    assert.equal((await open().createOnce(task, 'hash-1')).created, true);
    const other = await open().createOnce({ ...task, input: large('b') }, 'hash-2');
    assert.deepEqual([other.created, other.requestHash], [false, 'hash-1']);
    assert.deepEqual(await open().readInput(task.task), large('a'));
  });

  test('has its input though the first try died before it was written', async () => {
    const task = first();
    const dying: DynamoTable = {
      ...table(),
      put: async (item, condition) => {
        if (!condition) throw new Error('died');
        return table().put(item, condition);
      },
    };
    await assert.rejects(open({ table: dying }).createOnce(task, 'hash-1'), /died/);
    assert.equal(await open().readInput(task.task), undefined);
    assert.equal((await open().createOnce(task, 'hash-1')).created, false);
    assert.deepEqual(await open().readInput(task.task), large('a'));
  });

  test('is new to the one who made it, also when the answer was lost: it is sent', async () => {
    const task = first();
    assert.equal((await openAfterLostAnswers().createOnce(task, 'hash-1')).created, true);
    assert.deepEqual(await open().readInput(task.task), large('a'));
    assert.equal((await open().createOnce(task, 'hash-1')).created, false);
  });

  test('is made once by twenty at once', async () => {
    const task = first();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => open().createOnce(task, 'hash-1')));
    assert.equal(outcomes.filter(({ created }) => created).length, 1);
  });
});
