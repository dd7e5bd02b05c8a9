import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createDynamoBatchStore } from '../../../adapters/dynamo-batch-store.ts';
import type { BatchStore } from '../../../core/batches/batch-store.ts';
import { prepareTask } from '../../../core/tasks/prepare-task.ts';
import type { NewTask } from '../../../core/tasks/task-store.ts';
import { createMemoryBatches, createMemoryTasks, type MemoryTasks } from '../../fakes/memory-submissions.ts';
import { makeRules } from '../../fakes/submission-rules.ts';
import { startStores } from '../scheduling/start-stores.ts';

// What submissions rely on, tested with the table and with the fake that unit tests use in its place.

type Tasks = Omit<MemoryTasks, 'stored'>;
type Batches = Pick<BatchStore, 'create'>;

const now = 1_700_000_000_000;
/** A tenant of its own for each test: they share one table. */
const makeKey = () => ({ tenant: `tenant-${randomUUID()}`, taskId: 'task_1' });
type Key = ReturnType<typeof makeKey>;

const batch = {
  batchId: 'batch_1',
  createdAt: now,
  total: 2,
  callbackUrl: null,
  requestHash: 'hash-1',
};

function makeTask(key: Key): Promise<NewTask> {
  const body = { type: 'custom', prompt: 'Say yes', config: { timeout: '10s' }, metadata: { a: 'b' } };
  return prepareTask(body, { ...key, batchId: null, batchIndex: null, now }, makeRules(), new Map());
}

let stores: Awaited<ReturnType<typeof startStores>>;
before(async () => {
  stores = await startStores();
});
after(() => stores.service.stop());
const openBatches = () => createDynamoBatchStore({ table: stores.taskTable, retentionMs: 7 * 86_400_000 });

const kinds: Record<string, () => { tasks: Tasks; batches: Batches }> = {
  memory: () => ({ tasks: createMemoryTasks(), batches: createMemoryBatches() }),
  DynamoDB: () => ({ tasks: stores.store, batches: openBatches() }),
};

for (const [kind, open] of Object.entries(kinds))
  describe(`submissions kept in ${kind}`, () => {
    test('createOnce stores a task once, with the hash of its request', async () => {
      const { tasks } = open();
      const key = makeKey();
      const first = await tasks.createOnce(await makeTask(key), 'hash-1');
      assert.deepEqual([first.created, first.requestHash], [true, 'hash-1']);
      const second = await tasks.createOnce(await makeTask(key), 'hash-2');
      assert.deepEqual([second.created, second.requestHash], [false, 'hash-1']);
      assert.equal(second.task.taskId, key.taskId);
      assert.equal(second.task.createdAt, now);
    });

    test('a task is read only by its tenant', async () => {
      const { tasks } = open();
      const key = makeKey();
      await tasks.create([await makeTask(key)]);
      assert.deepEqual((await tasks.get(key))?.metadata, { a: 'b' });
      assert.equal(await tasks.get({ ...key, tenant: 'other' }), undefined);
    });

    test('a task is cancelled once', async () => {
      const { tasks } = open();
      const key = makeKey();
      await tasks.create([await makeTask(key)]);
      assert.equal((await tasks.cancel(key, now + 1))?.kind, 'cancelled');
      const again = await tasks.cancel(key, now + 2);
      assert.equal(again?.kind, 'ended');
      assert.equal(again?.task.completedAt, now + 1);
      assert.equal(await tasks.cancel({ ...key, taskId: 'task_2' }, now), undefined);
    });

    test('only a queued task changes its priority, and that makes no event', async () => {
      const { tasks } = open();
      const key = makeKey();
      await tasks.create([await makeTask(key)]);
      const changed = await tasks.reprioritize(key, 'high', 0);
      assert.deepEqual([changed?.changed, changed?.task.priority, changed?.task.version], [true, 'high', 1]);
      await tasks.cancel(key, now + 2);
      assert.equal((await tasks.reprioritize(key, 'low', 1))?.changed, false);
      assert.equal((await tasks.get(key))?.priority, 'high');
      assert.equal(await tasks.reprioritize({ ...key, taskId: 'task_2' }, 'low', 0), undefined);
    });

    test('a priority is changed by revision: once, in any order, and never over a newer one', async () => {
      const { tasks } = open();
      const key = makeKey();
      await tasks.create([await makeTask(key)]);
      const change = async (...[priority, revision]: ['high' | 'normal' | 'low', number]) => {
        const { changed, task } = (await tasks.reprioritize(key, priority, revision)) ?? {};
        return [changed, task?.priority, task?.revision];
      };
      assert.deepEqual(await change('high', 0), [true, 'high', 1]);
      assert.deepEqual(await change('high', 0), [true, 'high', 1], 'its answer was lost');
      assert.deepEqual(await change('low', 0), [false, 'high', 1], 'another was faster');
      assert.deepEqual(await change('low', 1), [true, 'low', 2]);
      assert.deepEqual(await change('high', 2), [true, 'high', 3]);
      assert.deepEqual(await change('high', 0), [false, 'high', 3]);
    });

    test('a task expires at its deadline and not before', async () => {
      const { tasks } = open();
      const key = makeKey();
      await tasks.create([await makeTask(key)]);
      assert.equal(await tasks.expire(key, now + 9_999), false);
      assert.equal(await tasks.expire(key, now + 10_000), true);
      assert.equal((await tasks.get(key))?.error?.code, 'timeout');
      assert.equal(await tasks.expire(key, now + 10_001), false);
    });

    test('a batch that is created twice is stored once', async () => {
      const { batches } = open();
      const { tenant } = makeKey();
      assert.equal((await batches.create({ ...batch, tenant })).created, true);
      assert.deepEqual(
        await batches.create({ ...batch, tenant, requestHash: 'hash-2', createdAt: now + 5 }),
        {
          created: false,
          requestHash: 'hash-1',
          createdAt: now,
        },
      );
    });
  });

test('a batch is read as it was created, and one without tasks is completed', async () => {
  const batches = openBatches();
  const { tenant } = makeKey();
  await batches.create({ ...batch, tenant });
  await batches.create({ ...batch, tenant, batchId: 'batch_2', total: 0, requestHash: null });
  assert.deepEqual(await batches.get(tenant, 'batch_1'), {
    tenant,
    batchId: 'batch_1',
    createdAt: now,
    completedAt: null,
    callbackUrl: null,
    version: 1,
    total: 2,
    processing: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  });
  assert.equal((await batches.get(tenant, 'batch_2'))?.completedAt, now);
  assert.equal(await batches.get('other', 'batch_1'), undefined);
});
