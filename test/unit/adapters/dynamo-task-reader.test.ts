import assert from 'node:assert/strict';
import test from 'node:test';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { createTaskReader } from '../../../adapters/dynamo-task-reader.ts';
import { taskToItem } from '../../../adapters/task-items.ts';
import { completed } from '../../make-task.ts';

test('a list that must be as it is now reads its tasks so, and no result for which there is no room', async () => {
  const task = completed({ resultKey: 'default/task_0b7e/result.json', completedAt: Date.now() });
  const item = taskToItem(task, false);
  const reads: unknown[] = [];
  const table = {
    query: async () => ({ items: [item], lastKey: undefined }),
    async getMany(_keys: unknown, options: { consistent?: boolean }) {
      reads.push(options.consistent);
      return [item];
    },
  } as unknown as DynamoTable;
  const payloads = { get: () => assert.fail('not to be fetched') } as never;
  const reader = createTaskReader({ table, payloads, retentionMs: 60_000, clock: Date.now });
  const budget = { hasRoom: () => false, take: (taken: typeof task) => taken };
  for (const consistent of [true, false]) {
    const { tasks } = await reader.list('default', { consistent }, 10, undefined, budget);
    assert.deepEqual(
      tasks.map(({ taskId }) => taskId),
      [task.taskId],
    );
  }
  assert.deepEqual(reads, [true, false]);
});
