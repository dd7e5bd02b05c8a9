import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createDynamoBatchProgress } from '../../../adapters/dynamo-batch-progress.ts';
import { createDynamoBatchStore } from '../../../adapters/dynamo-batch-store.ts';
import { createDynamoOpenaiBatchStore } from '../../../adapters/dynamo-openai-batch-store.ts';
import { lineTaskId } from '../../../core/openai-batches/line-task.ts';
import { makeOpenaiBatch as makeBatch } from '../../make-openai-batch.ts';
import { start } from '../../make-task.ts';
import { startTable } from '../events/start-table.ts';

const retentionMs = 86_400_000;

async function openStore(t: TestContext, hostStartedAt = 0) {
  const table = await startTable(t);
  return { table, store: createDynamoOpenaiBatchStore({ table, retentionMs, hostStartedAt }) };
}

const lease = (run: string, from: number) => ({ run, from, until: from + 40_000 });

test('a batch comes back as it was written, whatever its lines are like', async (t) => {
  const { store } = await openStore(t);
  const batch = makeBatch();
  assert.deepEqual(await store.create(batch), batch);
  assert.deepEqual(await store.create({ ...batch, priority: 'high' }), batch, 'the first one stays');
  assert.ok(await store.take(batch, lease('one', start)));
  const changed = makeBatch({
    status: 'finalizing',
    times: { in_progress: start + 1, finalizing: start + 2 },
    faults: [{ code: 'invalid_url', message: 'no', line: 3, param: null }],
    total: 300,
    completed: 12,
    failed: 1,
    outputFileId: 'file-2',
    errorFileId: 'file-3',
    work: {
      ...batch.work,
      nextLine: 260,
      nextByte: 9_999,
      portions: 2,
      open: [
        { number: 0, first: 0, count: 250, left: [0, 7, 8, 249] },
        { number: 1, first: 250, count: 10, left: [9] },
      ],
      output: [1, 2],
      error: [3],
      outcome: 'expired',
    },
  });
  assert.deepEqual(await store.save(changed, lease('one', start)), changed);
  assert.deepEqual(await store.get(batch), changed);
});

test('one run has a batch, until it lets go or its lease is over', async (t) => {
  const { store } = await openStore(t);
  const batch = await store.create(makeBatch());
  assert.deepEqual(await store.listDue(start + 1, 9), [{ tenant: 'default', batchId: batch.batchId }]);
  assert.ok(await store.take(batch, lease('one', start)));
  assert.ok(await store.take(batch, lease('one', start)), 'a repeat of the same run, whose answer was lost');
  assert.deepEqual(await store.listDue(start + 1_000, 9), []);
  assert.equal(await store.take(batch, lease('two', start + 1_000)), undefined);
  assert.ok(await store.take(batch, lease('two', start + 40_000)));
  assert.equal(await store.save(batch, lease('one', start + 40_001)), undefined);
  await store.release(batch, lease('one', start), start);
  assert.equal(await store.take(batch, lease('three', start + 40_002)), undefined, 'the loser frees nothing');
  await store.release(batch, lease('two', start), start + 90_000);
  assert.equal(await store.take(batch, lease('three', start + 80_000)), undefined, 'not due');
  assert.ok(await store.take(batch, lease('three', start + 90_000)));
});

test('who cancels is seen by the run, and a batch that waits is taken for it at once', async (t) => {
  const { store } = await openStore(t);
  const batch = await store.create(makeBatch());
  await store.take(batch, lease('one', start));
  const cancelled = await store.cancel(batch, start + 5);
  assert.equal(cancelled?.times.cancelling, start + 5);
  const saved = await store.save({ ...batch, status: 'in_progress' }, lease('one', start + 6));
  assert.deepEqual([saved?.times.cancelling, saved?.status], [start + 5, 'in_progress']);
  await store.release(batch, lease('one', start), start + 90_000);
  assert.ok(await store.take(batch, lease('two', start + 10)));
  const ended = { ...batch, status: 'cancelled' as const };
  await store.save(ended, lease('two', start + 11));
  await store.release(ended, lease('two', start + 11), start);
  assert.equal(await store.take(batch, lease('three', start + 99_999_999)), undefined, 'it has ended');
  assert.deepEqual(await store.listDue(start + 99_999_999, 9), []);
});

test('what a dead host had is taken by the next one before its lease is over', async (t) => {
  const { store, table } = await openStore(t);
  const batch = await store.create(makeBatch());
  await store.take(batch, lease('one', start));
  const next = createDynamoOpenaiBatchStore({ table, retentionMs, hostStartedAt: start + 10 });
  assert.equal((await next.listDue(start + 11, 9)).length, 1);
  assert.ok(await next.take(batch, lease('two', start + 11)));
});

test('batches are listed by tenant, newest first, page by page', async (t) => {
  const { store } = await openStore(t);
  const ids = Array.from({ length: 5 }, (_, index) => `batch_${String(index).padStart(32, '0')}`);
  for (const batchId of ids) await store.create(makeBatch({ batchId }));
  await store.create(makeBatch({ tenant: 'another', batchId: `batch_${'9'.repeat(32)}` }));
  const page = await store.list('default', { after: undefined, limit: 2 });
  assert.deepEqual([page.batches.map(({ batchId }) => batchId), page.hasMore], [[ids[4], ids[3]], true]);
  const last = await store.list('default', { after: ids[2], limit: 9 });
  assert.deepEqual([last.batches.map(({ batchId }) => batchId), last.hasMore], [[ids[1], ids[0]], false]);
});

test('its lines are known as tasks of a batch that is there, and it is no batch of the service itself', async (t) => {
  const { store, table } = await openStore(t);
  const batch = await store.create(makeBatch());
  const { tenant, batchId } = batch;
  const own = createDynamoBatchStore({ table, retentionMs });
  assert.ok(await own.hasTask({ tenant, batchId, batchIndex: 7, taskId: lineTaskId(batch, 7) }));
  assert.ok(!(await own.hasTask({ tenant, batchId, batchIndex: 8, taskId: lineTaskId(batch, 7) })));
  assert.equal(await own.get(tenant, batchId), undefined);
  const tasks = [{ taskId: lineTaskId(batch, 7), place: 7, status: 'completed' as const }];
  const progress = createDynamoBatchProgress({ table, retentionMs });
  await progress.add({ tenant, batchId, tasks, changedAt: start }, start);
  assert.deepEqual(await store.get(batch), batch);
});
