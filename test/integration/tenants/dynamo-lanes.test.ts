import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoLanes } from '../../../adapters/dynamo-lanes.ts';
import { createFairQueues } from '../../../core/scheduling/fair-queues.ts';
import { ownershipMs } from '../../../core/scheduling/lanes.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import { createMemoryQueues } from '../../fakes/scheduling/memory-queues.ts';
import { makeTask } from '../../make-task.ts';
import { startStateTable } from '../providers/start-state-table.ts';

async function setUp(t: Parameters<typeof startStateTable>[0]) {
  const { table, takeOperations } = await startStateTable(t);
  const time = { now: 1_000_000 };
  const clock = () => time.now;
  const queues = createMemoryQueues(clock);
  /** An execution environment: what it remembers is its own. */
  const open = () => {
    const lanes = createDynamoLanes({ table, clock });
    const breaker = createDynamoCircuitBreaker({ table, noteHealth: lanes.noteHealth });
    const fair = createFairQueues(queues, lanes);
    const receive = async () => {
      await breaker.check('kimi', time.now);
      return fair.receive('kimi', 'normal', 50, 0);
    };
    return { lanes, fair, receive };
  };
  return { time, table, takeOperations, open };
}

let numbered = 0;
const tasksOf = (tenant: string, count: number) =>
  Array.from({ length: count }, () => {
    numbered += 1;
    return toQueuedTask(makeTask({ tenant, taskId: `task_${numbered}`, deadlineAt: 9e12 }));
  });

test('one tenant alone costs an update in minutes to send, and nothing to receive', async (t) => {
  const { open, takeOperations } = await setUp(t);
  const [sender, worker] = [open(), open()];
  for (let each = 0; each < 5; each += 1) await sender.fair.enqueue(tasksOf('a', 2));
  for (let each = 0; each < 5; each += 1) assert.ok(await worker.receive());
  assert.deepEqual(takeOperations(), ['UpdateItem', ...Array.from({ length: 5 }, () => 'GetItem')]);
});

test('ten workers at once give each tenant its turns, and each task to one of them', async (t) => {
  const { open } = await setUp(t);
  const [one, other] = [open(), open()];
  await one.fair.enqueue(tasksOf('many', 100));
  await other.fair.enqueue(tasksOf('few', 20));
  const workers = Array.from({ length: 10 }, open);
  const seen: string[] = [];
  for (let round = 0; round < 4; round += 1)
    for (const found of await Promise.all(workers.map(({ receive }) => receive()))) {
      assert.ok(found);
      seen.push(`${found.message.tenant} ${found.message.taskId}`);
    }
  assert.equal(new Set(seen).size, 40);
  const few = seen.filter((each) => each.startsWith('few')).length;
  assert.ok(few >= 18, `${few} of 20 within 40 starts`);
});

test('lanes that are empty are looked into no more, and again when something is added', async (t) => {
  const { open, takeOperations } = await setUp(t);
  const [a, b, worker] = [open(), open(), open()];
  await a.fair.enqueue(tasksOf('a', 3));
  await b.fair.enqueue(tasksOf('b', 1));
  for (let each = 0; each < 4; each += 1) {
    const found = await worker.receive();
    assert.ok(found);
    await worker.fair.deleteMany([{ provider: 'kimi', received: found }]);
  }
  assert.equal(await worker.receive(), undefined);
  takeOperations();
  assert.equal(await worker.receive(), undefined);
  assert.deepEqual(takeOperations(), ['GetItem']);
  await b.fair.enqueue(tasksOf('b', 1));
  assert.equal((await worker.receive())?.message.tenant, 'b');
});

test('rows that were added by somebody who died before it told are found by the sweeper’s look', async (t) => {
  const { open, table } = await setUp(t);
  const [a, b, worker] = [open(), open(), open()];
  await a.fair.enqueue(tasksOf('a', 1));
  await b.fair.enqueue(tasksOf('b', 1));
  await table.update({ key: { pk: 'PROVIDER#kimi', sk: 'HEALTH' }, remove: ['lanes_at'] });
  assert.equal((await worker.receive())?.message.tenant, 'a');
  assert.equal(await worker.receive(), undefined);
  await worker.lanes.mend('kimi');
  assert.equal((await worker.receive())?.message.tenant, 'b');
  assert.deepEqual((await worker.lanes.listIds('kimi', 10)).length, 1);
});

test('a lane’s task hides for as long as it is asked to, and an owner asks again in time', async (t) => {
  const { open, time } = await setUp(t);
  const [a, b, worker] = [open(), open(), open()];
  await a.fair.enqueue(tasksOf('a', 1));
  await b.fair.enqueue(tasksOf('b', 1));
  const found = [await worker.receive(), await worker.receive()].find((each) => each?.message.tenant === 'b');
  assert.ok(found);
  await worker.fair.setVisibility('kimi', found, 5_000);
  assert.equal(await worker.receive(), undefined);
  assert.equal((await worker.lanes.count('kimi')).normal.inFlight, 1);
  time.now += 5_001;
  assert.equal((await worker.receive())?.receiveCount, 2);
  time.now += ownershipMs - 10_000;
  await a.fair.enqueue(tasksOf('a', 1));
  time.now += ownershipMs - 10_000;
  await b.fair.enqueue(tasksOf('b', 1));
  assert.equal((await worker.lanes.listIds('kimi', 10)).length, 2, 'they are a’s still');
});
