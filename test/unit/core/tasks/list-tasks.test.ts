import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../../core/service-error.ts';
import { listTasks } from '../../../../core/tasks/list-tasks.ts';
import type { TaskListFilter } from '../../../../core/tasks/task-store.ts';

async function askedWith(query: Record<string, string>) {
  let asked: { filter: TaskListFilter; limit: number; cursor: string | undefined } | undefined;
  await listTasks('default', query, {
    list: async (_tenant, filter, limit, cursor) => {
      asked = { filter, limit, cursor };
      return { tasks: [], nextCursor: null };
    },
  });
  return asked;
}

test('a listing without a query has the newest 20 tasks', async () => {
  assert.deepEqual(await askedWith({}), {
    filter: { status: undefined, type: undefined, batchId: undefined },
    limit: 20,
    cursor: undefined,
  });
});

test('every filter is passed on', async () => {
  assert.deepEqual(
    await askedWith({ status: 'failed', type: 'custom', batch_id: 'batch_1', limit: '100', cursor: 'c' }),
    { filter: { status: 'failed', type: 'custom', batchId: 'batch_1' }, limit: 100, cursor: 'c' },
  );
});

test('an empty filter counts as absent', async () => {
  assert.deepEqual(
    await askedWith({ status: '', type: '', batch_id: '', limit: '', cursor: '' }),
    await askedWith({}),
  );
});

test('a wrong or unknown parameter is refused, naming it', async () => {
  for (const [name, value] of [
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '1e1'],
    ['limit', '-5'],
    ['status', 'done'],
    ['state', 'queued'],
  ] as const)
    await assert.rejects(askedWith({ [name]: value }), (error: ServiceError) => {
      assert(error instanceof ServiceError);
      assert.equal(error.code, 'invalid_request');
      assert.deepEqual(
        error.faults.map(({ pointer }) => pointer),
        [`/${name}`],
        `${name}=${value}`,
      );
      return true;
    });
});
