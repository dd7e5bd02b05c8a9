import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { receiveCarried } from '../../../../core/scheduling/carried-tasks.ts';
import { createFairQueues } from '../../../../core/scheduling/fair-queues.ts';
import { ownershipMs } from '../../../../core/scheduling/lanes.ts';
import { type QueuedTask, toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import type { ReceivedTask } from '../../../../core/scheduling/task-queues.ts';
import { type Priority, priorities } from '../../../../core/tasks/task.ts';
import { createMemoryLanes } from '../../../fakes/scheduling/memory-lanes.ts';
import { createMemoryQueues } from '../../../fakes/scheduling/memory-queues.ts';
import { makeTask } from '../../../make-task.ts';

function setUp() {
  const time = { now: 1_000_000 };
  const clock = () => time.now;
  const [queues, lanes] = [createMemoryQueues(clock), createMemoryLanes(clock)];
  return { time, queues, lanes, fair: createFairQueues(queues, lanes) };
}

let numbered = 0;
function tasksOf(tenant: string, count: number, priority: Priority = 'normal'): QueuedTask[] {
  return Array.from({ length: count }, () => {
    numbered += 1;
    return toQueuedTask(makeTask({ tenant, priority, taskId: `task_${numbered}` }));
  });
}

const tenantOf = (received: ReceivedTask | undefined) => received?.message.tenant;

test('while one tenant has work all of it goes through the queues, and lanes are not looked into', async () => {
  const { fair, lanes } = setUp();
  lanes.list = () => assert.fail('looked into');
  await fair.enqueue(tasksOf('a', 5));
  assert.equal(lanes.size(), 0);
  assert.equal(tenantOf(await fair.receive('kimi', 'normal', 50, 0)), 'a');
});

test('a tenant with few tasks is not held up by one with many: every second start is its own', async () => {
  const { fair } = setUp();
  await fair.enqueue(tasksOf('many', 200));
  await fair.enqueue(tasksOf('few', 20));
  const started = [];
  for (let start = 0; start < 40; start += 1)
    started.push(tenantOf(await fair.receive('kimi', 'normal', 50, 0)));
  assert.equal(started.filter((tenant) => tenant === 'few').length, 20);
  for (let two = 0; two < 40; two += 2) assert.deepEqual(started.slice(two, two + 2).sort(), ['few', 'many']);
});

test('nor does one that comes first with few wait behind one that comes later with many', async () => {
  const { fair } = setUp();
  await fair.enqueue(tasksOf('few', 3));
  await fair.enqueue(tasksOf('many', 200));
  const started = [];
  for (let start = 0; start < 6; start += 1)
    started.push(tenantOf(await fair.receive('kimi', 'normal', 50, 0)));
  assert.equal(started.filter((tenant) => tenant === 'few').length, 3);
});

test('a newcomer begins with the present round: it makes up for nothing', async () => {
  const { fair } = setUp();
  await fair.enqueue(tasksOf('a', 100));
  await fair.enqueue(tasksOf('b', 100));
  for (let start = 0; start < 60; start += 1) await fair.receive('kimi', 'normal', 50, 0);
  await fair.enqueue(tasksOf('c', 100));
  const started = [];
  for (let start = 0; start < 30; start += 1)
    started.push(tenantOf(await fair.receive('kimi', 'normal', 50, 0)));
  for (const tenant of ['a', 'b', 'c']) {
    const own = started.filter((each) => each === tenant).length;
    assert.ok(own >= 9 && own <= 11, `${tenant}: ${own}`);
  }
});

test('queues whose owner sends no more are another’s once they are empty', async () => {
  const { fair, lanes, queues, time } = setUp();
  await fair.enqueue(tasksOf('a', 1));
  time.now += ownershipMs + 1;
  await fair.enqueue(tasksOf('b', 1));
  assert.equal(lanes.size(), 1, 'something of the owner is still there');
  for (let each = 0; each < 2; each += 1) {
    const found = await fair.receive('kimi', 'normal', 50, 0);
    if (found) await fair.deleteMany([{ provider: 'kimi', received: found }]);
  }
  await fair.enqueue(tasksOf('b', 1));
  assert.deepEqual([lanes.size(), queues.taskMessages('kimi').length], [0, 1]);
});

for (const second of ['is being run', 'is delayed'])
  test(`queues are not empty while one task of their owner shows and another ${second}`, async () => {
    const { fair, lanes, time } = setUp();
    const laterMs = ownershipMs + 1;
    const delayMs = second === 'is delayed' ? 2 * laterMs : 0;
    await fair.enqueue([...tasksOf('a', 1), ...tasksOf('a', 1).map((task) => ({ ...task, delayMs }))]);
    if (second === 'is being run') await fair.receive('kimi', 'normal', laterMs, 0);
    time.now += laterMs;
    await fair.enqueue(tasksOf('b', 1));
    assert.equal(lanes.size(), 1);
  });

test('each task of a lane has a ticket, which shows with it; queues and lanes count as one', async () => {
  const { fair, queues, time } = setUp();
  const delayed = (tenant: string, count: number) =>
    tasksOf(tenant, count).map((task) => ({ ...task, delayMs: 5_000 }));
  await fair.enqueue([...tasksOf('a', 2), ...delayed('a', 1)]);
  queues.enqueue = () => assert.fail('nothing of this goes into the queues');
  await fair.enqueue([...tasksOf('b', 3), ...delayed('b', 2)]);
  const { tasks, tickets } = await fair.count('kimi');
  assert.deepEqual(tasks.normal, { visible: 5, inFlight: 0, delayed: 3 });
  assert.deepEqual(tickets, { visible: 5, inFlight: 0, delayed: 3 });
  time.now += 5_000;
  assert.equal((await fair.count('kimi')).tickets.visible, 8);
});

test('lanes without a task that shows are told to be empty, others are not', async () => {
  const { fair, lanes } = setUp();
  const told: string[] = [];
  lanes.noteEmpty = async (provider) => void told.push(provider);
  await fair.enqueue([...tasksOf('a', 1), ...tasksOf('b', 1, 'low')]);
  await fair.receive('kimi', 'low', 50, 0);
  assert.deepEqual(told, []);
  await fair.receive('kimi', 'normal', 50, 0);
  assert.deepEqual(told, ['kimi']);
});

test('a task that its ticket carries has no message to be hidden', async () => {
  const { fair, queues, lanes } = setUp();
  queues.setVisibility = () => assert.fail('asked the queue');
  lanes.setVisibility = () => assert.fail('asked the lane');
  const [carried] = tasksOf('a', 1);
  const received = receiveCarried({ id: 't', handle: 'h', carried });
  assert.ok(received);
  await fair.setVisibility('kimi', received, 1_000);
});

test('a task of a lane that another worker took is passed over', async () => {
  const { fair, lanes } = setUp();
  await fair.enqueue([...tasksOf('a', 1), ...tasksOf('b', 2)]);
  const { take } = lanes;
  lanes.take = async (...asked) => {
    lanes.take = take;
    await take(...asked);
    return undefined;
  };
  const tenants = [];
  for (let each = 0; each < 2; each += 1) tenants.push(tenantOf(await fair.receive('kimi', 'normal', 50, 0)));
  assert.deepEqual(tenants.sort(), ['a', 'b']);
});

test('what is done is deleted where it is, and asked for nowhere else', async () => {
  const { fair, lanes, queues } = setUp();
  await fair.enqueue([...tasksOf('a', 1), ...tasksOf('b', 1)]);
  const received: (ReceivedTask | undefined)[] = [];
  for (let each = 0; each < 2; each += 1) received.push(await fair.receive('kimi', 'normal', 50, 0));
  const asked: string[] = [];
  const { deleteMany } = queues;
  queues.deleteMany = (list) => {
    asked.push(...list.map((each) => `queue: ${tenantOf(each.received)}`));
    return deleteMany(list);
  };
  const { delete: deleteOne } = lanes;
  lanes.delete = (provider, handle) => {
    asked.push(`lane: ${received.find((each) => each?.handle === handle)?.message.tenant}`);
    return deleteOne(provider, handle);
  };
  await fair.deleteMany(received.flatMap((each) => (each ? [{ provider: 'kimi', received: each }] : [])));
  assert.deepEqual(asked, ['lane: b', 'queue: a']);
  assert.deepEqual([lanes.size(), queues.taskMessages('kimi').length], [0, 0]);
});

test('a task of a lane hides, shows again and goes as a message does', async () => {
  const { fair, lanes, time } = setUp();
  await fair.enqueue(tasksOf('a', 1));
  await fair.enqueue(tasksOf('b', 1));
  const receiveAll = async () => {
    const all = [];
    for (
      let found = await fair.receive('kimi', 'normal', 50, 0);
      found;
      found = await fair.receive('kimi', 'normal', 50, 0)
    )
      all.push(found);
    return all;
  };
  const own = (await receiveAll()).find((each) => tenantOf(each) === 'b');
  assert.ok(own);
  assert.deepEqual((await fair.count('kimi')).tasks.normal, { visible: 0, inFlight: 2, delayed: 0 });
  await fair.setVisibility('kimi', own, 0);
  const [again] = await receiveAll();
  assert.deepEqual([again?.message.taskId, again?.receiveCount], [own.message.taskId, 2]);
  time.now += 49_000;
  assert.deepEqual(await receiveAll(), []);
  time.now += 2_000;
  assert.equal((await receiveAll()).length, 2, 'a dead worker’s shows again');
  await fair.deleteMany([{ provider: 'kimi', received: own }]);
  assert.equal(lanes.size(), 0);
});

test('whatever comes in whatever order, each task is received once, the most urgent first, and tenants take turns', async () => {
  const batch = fc.record({
    tenant: fc.constantFrom('a', 'b', 'c'),
    priority: fc.constantFrom(...priorities),
    count: fc.integer({ min: 1, max: 12 }),
    receives: fc.integer({ min: 0, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 12 }), async (batches) => {
      const { fair } = setUp();
      const waiting = new Map<string, QueuedTask>();
      const receiveNext = async () => {
        for (const priority of priorities) {
          const found = await fair.receive('kimi', priority, 3_600, 0);
          if (!found) continue;
          const { taskId } = found.message;
          const all = [...waiting.values()];
          assert.ok(waiting.delete(taskId), 'received once, and sent before');
          const most = Math.min(...all.map((task) => priorities.indexOf(task.priority)));
          assert.equal(priorities[most], priority);
          return found.message.tenant;
        }
        return undefined;
      };
      for (const { tenant, priority, count, receives } of batches) {
        const tasks = tasksOf(tenant, count, priority);
        for (const task of tasks) waiting.set(task.message.taskId, task);
        await fair.enqueue(tasks);
        for (let each = 0; each < receives; each += 1) await receiveNext();
      }
      // Nothing more comes: while tenants of a priority wait beside each other, none starts two more than another.
      let starts = new Map<string, number>();
      let beside = '';
      while (waiting.size > 0) {
        const urgent = priorities.find((each) =>
          [...waiting.values()].some(({ priority }) => priority === each),
        );
        const tenants = [...waiting.values()].filter(({ priority }) => priority === urgent);
        const now = `${urgent} ${[...new Set(tenants.map(({ message }) => message.tenant))].sort().join()}`;
        if (now !== beside) starts = new Map();
        beside = now;
        const tenant = (await receiveNext()) ?? assert.fail('a task was lost');
        starts.set(tenant, (starts.get(tenant) ?? 0) + 1);
        const [, names = ''] = now.split(' ');
        const counts = names.split(',').map((name) => starts.get(name) ?? 0);
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 2, `${now}: ${counts}`);
      }
    }),
    { numRuns: 200 },
  );
});
