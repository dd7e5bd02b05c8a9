import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createDynamoBatchAnswers } from '../../../adapters/dynamo-batch-answers.ts';
import { createDynamoBatchStore } from '../../../adapters/dynamo-batch-store.ts';
import { createDynamoIdempotencyKeys } from '../../../adapters/dynamo-idempotency-keys.ts';
import { createDynamoTaskStore } from '../../../adapters/dynamo-task-store.ts';
import type { BatchAnswers } from '../../../core/batches/batch-answers.ts';
import type { BatchStore } from '../../../core/batches/batch-store.ts';
import { batchTaskId } from '../../../core/batches/batch-tasks.ts';
import type { IdempotencyKeys } from '../../../core/tasks/idempotency.ts';
import { prepareTask } from '../../../core/tasks/prepare-task.ts';
import type { NewTask } from '../../../core/tasks/task-store.ts';
import {
  createMemoryBatches,
  createMemoryKeys,
  createMemoryTasks,
  type MemoryTasks,
} from '../../fakes/memory-submissions.ts';
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
  places: [0, 1],
  deadlineAt: now + 60_000,
  callbackUrl: null,
  seed: 'seed-1',
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
const openTasks = () =>
  createDynamoTaskStore({
    table: stores.taskTable,
    payloads: stores.payloads,
    retentionMs: 7 * 86_400_000,
    clock: () => now,
  });
const openBatches = () =>
  createDynamoBatchStore({
    table: stores.taskTable,
    retentionMs: 7 * 86_400_000,
    clock: () => now,
  });
const openAnswers = () => createDynamoBatchAnswers({ table: stores.taskTable, payloads: stores.payloads });

const kinds: Record<
  string,
  () => { tasks: Tasks; batches: Batches; answers: BatchAnswers; keys: IdempotencyKeys }
> = {
  memory: () => ({ tasks: createMemoryTasks(), keys: createMemoryKeys(), ...createMemoryBatches() }),
  DynamoDB: () => ({
    tasks: openTasks(),
    batches: openBatches(),
    answers: openAnswers(),
    keys: createDynamoIdempotencyKeys({ table: stores.stateTable }),
  }),
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

    test('a batch is stored once, by the first try that comes so far', async () => {
      const { batches, answers } = open();
      const { tenant } = makeKey();
      const rejected = [
        {
          index: 1,
          code: 'forbidden' as const,
          detail: 'no',
          faults: [{ pointer: '/tasks/1/type', detail: 'no' }],
        },
      ];
      assert.equal(await answers.find(tenant, batch.batchId), undefined);
      await answers.keepRejected({ ...batch, tenant }, rejected);
      assert.equal(await batches.create({ ...batch, tenant }), true);
      assert.equal(await batches.create({ ...batch, tenant }), true, 'sent again by the SDK');
      await answers.keepRejected({ ...batch, tenant, seed: 'seed-2' }, []);
      assert.equal(await batches.create({ ...batch, tenant, seed: 'seed-2' }), false);
      assert.deepEqual(await answers.find(tenant, batch.batchId), { seed: 'seed-1', rejected });
    });

    test('a key belongs to the first request for 24 hours, for tasks and batches apart', async () => {
      const { keys } = open();
      const { tenant } = makeKey();
      const first = { requestHash: 'hash-1', uuid: 'one', madeAt: now };
      const other = { requestHash: 'hash-2', uuid: 'two', madeAt: now + 86_400_000 - 1 };
      assert.equal(await keys.find('task', tenant, 'k', now), undefined);
      assert.deepEqual(await keys.take('task', tenant, 'k', first), first);
      assert.deepEqual(await keys.take('task', tenant, 'k', other), first);
      assert.deepEqual(await keys.find('task', tenant, 'k', other.madeAt), first);
      assert.equal(await keys.find('task', tenant, 'k', now + 86_400_000), undefined);
      assert.equal(await keys.find('batch', tenant, 'k', now), undefined);
      assert.equal(await keys.find('task', 'other', 'k', now), undefined);
      const late = { ...other, madeAt: now + 86_400_000 };
      assert.deepEqual(await keys.take('task', tenant, 'k', late), late);
    });
  });

test('a batch is read as it was created, and one without tasks is completed', async () => {
  const batches = openBatches();
  const { tenant } = makeKey();
  await batches.create({ ...batch, tenant });
  await batches.create({ ...batch, tenant, batchId: 'batch_2', total: 0, places: [] });
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

test('what was refused of a batch is kept whole, however much it is', async () => {
  const { tenant } = makeKey();
  const faults = [{ pointer: 'ü'.repeat(200), detail: 'no' }];
  const rejected = Array.from({ length: 1_000 }, (_, index) => ({
    index,
    code: 'invalid_request' as const,
    detail: 'no',
    faults,
  }));
  await openAnswers().keepRejected({ ...batch, tenant }, rejected);
  await openBatches().create({ ...batch, tenant });
  assert.deepEqual((await openAnswers().find(tenant, batch.batchId))?.rejected, rejected);
});

test('a task is of a batch when the batch is stored and its id is made of the batch’s seed', async () => {
  const { tenant } = makeKey();
  const batches = openBatches();
  const member = { tenant, batchId: batch.batchId, batchIndex: 1, taskId: batchTaskId(batch.seed, 1) };
  assert.equal(await batches.hasTask(member), false);
  await batches.create({ ...batch, tenant });
  assert.equal(await batches.hasTask(member), true);
  assert.equal(await batches.hasTask({ ...member, batchIndex: 0 }), false);
  assert.equal(await batches.hasTask({ ...member, taskId: batchTaskId('another', 1) }), false);
});
