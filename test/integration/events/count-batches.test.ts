import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createDynamoBatchProgress } from '../../../adapters/dynamo-batch-progress.ts';
import { createDynamoBatchStore } from '../../../adapters/dynamo-batch-store.ts';
import type { ItemUpdate } from '../../../adapters/dynamo-item.ts';
import { createDynamoOpenBatches } from '../../../adapters/dynamo-open-batches.ts';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { taskToItem } from '../../../adapters/task-items.ts';
import { batchTaskId } from '../../../core/batches/batch-tasks.ts';
import { firstLookMs, reconcileBatches } from '../../../core/batches/reconcile-batches.ts';
import type { BatchCount } from '../../../core/events/share.ts';
import type { FinalStatus } from '../../../core/tasks/task.ts';
import { completed, failed, processing } from '../../make-task.ts';
import { startTable } from './start-table.ts';

const now = Date.UTC(2026, 0, 1);
const retentionMs = 60_000;
const batchId = 'batch_1';
const pk = `default#${batchId}`;

const seed = 'seed';
type Marks = Record<'started' | 'completed' | 'failed' | 'cancelled', number[]>;

/** Tasks at these places, of this try of the batch's submission or of another. */
function count(marks: Partial<Marks>, of = seed, changedAt = now): BatchCount {
  const tasks = Object.entries(marks).flatMap(([name, places]) =>
    places.map((place) => ({
      taskId: batchTaskId(of, place),
      place,
      status: name === 'started' ? ('processing' as const) : (name as FinalStatus),
    })),
  );
  return { tenant: 'default', batchId, tasks, changedAt };
}

const upTo = (total: number) => Array.from({ length: total }, (_, place) => place);

async function setUp(t: TestContext, places: number[], isStored = true) {
  const table = await startTable(t);
  const batches = createDynamoBatchStore({ table, retentionMs, clock: () => now });
  const batch = { tenant: 'default', batchId, createdAt: now, total: places.length, callbackUrl: null };
  const store = () => batches.create({ ...batch, places, deadlineAt: now + 60_000, seed });
  if (isStored) await store();
  const progress = (of: DynamoTable = table) => createDynamoBatchProgress({ table: of, retentionMs });
  const add = (marks: Partial<Marks>, at = now) => progress().add(count(marks), at);
  const read = async () => (await batches.get('default', batchId)) ?? assert.fail('there is no batch');
  return { table, batch, add, progress, read };
}

test('a batch completes once, however often its tasks are counted', async (t) => {
  const { add, read, batch } = await setUp(t, upTo(3));
  await add({ started: [0, 1] });
  await add({ started: [0], completed: [0] });
  await add({ completed: [0] });
  const counts = { processing: 1, completed: 1, failed: 0, cancelled: 0 };
  assert.deepEqual(await read(), { ...batch, completedAt: null, version: 1, ...counts });
  await Promise.all([add({ failed: [1] }, now + 1), add({ cancelled: [2] }, now + 1)]);
  await Promise.all(Array.from({ length: 4 }, () => add({ failed: [1], cancelled: [2] }, now + 2)));
  const done = await read();
  assert.equal(done.version, 2, 'one change of the row, so one event');
  assert.ok(done.completedAt === now + 1 || done.completedAt === now + 2);
  assert.deepEqual([done.processing, done.completed, done.failed, done.cancelled], [0, 1, 1, 1]);
});

test('tasks of all places of a large batch complete it, in whatever order and however many at once', async (t) => {
  const { add, read } = await setUp(t, upTo(1_000));
  const places = Array.from({ length: 1_000 }, (_, index) => (index * 7) % 1_000);
  for (let from = 0; from < 1_000; from += 40)
    await Promise.all(
      [0, 10, 20, 30].map((at) => add({ completed: places.slice(from + at, from + at + 10) }, now + from)),
    );
  const done = await read();
  assert.deepEqual([done.version, done.completed, done.completedAt], [2, 1_000, now + 960]);
});

test('a count writes no row that grows with its batch, and the row of the batch only at the end', async (t) => {
  const { table, progress } = await setUp(t, upTo(1_000));
  const writes: string[] = [];
  const watched: DynamoTable = {
    ...table,
    update: (update) => {
      writes.push((update as ItemUpdate).key.sk);
      return table.update(update);
    },
  };
  const counting = progress(watched);
  for (let place = 0; place < 999; place += 1)
    await counting.add(count({ started: [place], completed: [place] }), now);
  assert.equal(writes.length, 999);
  assert.ok(!writes.includes('BATCH'));
  const rows = await table.getMany(Array.from({ length: 10 }, (_, index) => ({ pk, sk: `MARKS#${index}` })));
  assert.equal(rows.length, 10);
  // Numbers take two bytes and one more in a set; names and the rest are less than 100.
  for (const row of rows)
    assert.ok(((row.started as Set<number>).size + (row.completed as Set<number>).size) * 4 + 100 < 1_024);
  await counting.add(count({ completed: [999] }), now);
  assert.deepEqual(writes.slice(-2), ['MARKS#9', 'BATCH']);
});

test('a batch of which some items were refused completes, in whatever part they are', async (t) => {
  const places = [3, 205, 207, 999];
  const { add, read } = await setUp(t, places);
  for (const place of places.slice(1)) await add({ started: [place], completed: [place] });
  assert.equal((await read()).completedAt, null);
  await add({ failed: [3] }, now + 1);
  const done = await read();
  assert.deepEqual([done.completedAt, done.completed, done.failed], [now + 1, 3, 1]);
});

test('tasks that another try of the submission left are not counted', async (t) => {
  const { progress, read } = await setUp(t, upTo(2));
  await progress().add(count({ cancelled: [0, 1] }, 'seed of a try that died'), now);
  const { completedAt, cancelled } = await read();
  assert.deepEqual([completedAt, cancelled], [null, 0]);
});

test('a count of a batch that is not stored, or no longer, writes nothing', async (t) => {
  const { table, add } = await setUp(t, upTo(1), false);
  await add({ completed: [0] });
  for (const sk of ['BATCH', 'MARKS#0']) assert.equal(await table.get({ pk, sk }), undefined, sk);
});

/** Rows of tasks of the batch as their index has them. */
async function putTasks(table: DynamoTable, ...tasks: ReturnType<typeof completed>[]) {
  await table.putMany(tasks.map((task) => taskToItem(task, false)));
}
const member = (batchIndex: number, of = seed) => ({
  taskId: batchTaskId(of, batchIndex),
  batchId,
  batchIndex,
});

test('the sweeper counts tasks whose end was lost on the way, and the batch completes', async (t) => {
  const { table, add, read, progress } = await setUp(t, upTo(3));
  const openBatches = createDynamoOpenBatches({ table });
  const clock = { now: now + 1_000 };
  const reconcile = () => reconcileBatches(openBatches, progress(), () => clock.now);
  await add({ completed: [0] });
  const running = processing(member(2));
  const stranger = completed(member(2, 'seed of a try that died'));
  await putTasks(
    table,
    completed(member(0)),
    failed({ ...member(1), changedAt: now + 500 }),
    running,
    stranger,
  );
  assert.equal(await reconcile(), 0, 'a young batch is not looked at');
  assert.equal((await read()).failed, 0);

  clock.now = now + firstLookMs + 1_000;
  assert.equal(await reconcile(), 1);
  const half = await read();
  assert.deepEqual([half.failed, half.completed, half.completedAt], [1, 1, null]);
  await putTasks(table, completed({ ...member(2), changedAt: now + 900 }));
  assert.equal(await reconcile(), 0, 'it is looked at again when it is twice as old');

  clock.now = now + 3 * firstLookMs;
  assert.equal(await reconcile(), 1);
  const done = await read();
  assert.deepEqual([done.completedAt, done.version], [clock.now, 2]);
  assert.equal(
    (await table.get({ pk, sk: 'BATCH' }))?.counted_from,
    now + 900,
    'what a replay looks back to',
  );
  clock.now += 86_400_000;
  assert.equal(await reconcile(), 0);
});

test('the sweeper completes a batch whose last count was written by a process that died', async (t) => {
  const { table, add, read, progress } = await setUp(t, upTo(2));
  const dying: DynamoTable = {
    ...table,
    update: (update) =>
      (update as ItemUpdate).key.sk === 'BATCH' ? Promise.reject(new Error('died')) : table.update(update),
  };
  await add({ completed: [0] });
  await assert.rejects(progress(dying).add(count({ completed: [1] }), now));
  assert.equal((await read()).completedAt, null);
  const at = now + firstLookMs + 1;
  await reconcileBatches(createDynamoOpenBatches({ table }), progress(), () => at);
  assert.equal((await read()).completedAt, at);
});
