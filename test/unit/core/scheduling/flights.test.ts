import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receiveCarried } from '../../../../core/scheduling/carried-tasks.ts';
import { createFlights } from '../../../../core/scheduling/flights.ts';
import { longestCallMs, messageVisibilityMs } from '../../../../core/scheduling/hold-times.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import type { ReceivedTask } from '../../../../core/scheduling/task-queues.ts';
import type { TaskResult } from '../../../../core/tasks/task.ts';
import { createMemoryResultCache } from '../../../fakes/scheduling/memory-result-cache.ts';
import { createMemoryTaskStore } from '../../../fakes/scheduling/memory-task-store.ts';
import { makeTask, start } from '../../../make-task.ts';

const result: TaskResult = {
  content: 'answer',
  finishReason: 'stop',
  cached: false,
  usage: { promptTokens: 10, completionTokens: 5 },
  costUsd: 3,
  latencyMs: 900,
};

async function setUp() {
  const clock = { now: start };
  const cache = createMemoryResultCache();
  const store = createMemoryTaskStore();
  const hidden: [taskId: string, milliseconds: number][] = [];
  const deleted: string[][] = [];
  const woken: string[] = [];
  const errors: unknown[] = [];
  const queues = {
    async setVisibility(_provider: string, { message }: ReceivedTask, milliseconds: number) {
      hidden.push([message.taskId, milliseconds]);
      if (message.taskId === 'gone') throw new Error('The message is gone');
    },
    deleteMany: async (list: { received: ReceivedTask }[]) =>
      void deleted.push(list.map(({ received }) => received.message.taskId)),
  };
  const flights = createFlights({
    provider: 'kimi',
    cache,
    cacheTtlMs: 60_000,
    store,
    queues,
    wake: async ({ received }) => void woken.push(received.message.taskId),
    clock: () => clock.now,
    onError: (error) => void errors.push(error),
  });
  const received = async (taskId: string, cacheKey: string | null = 'k') => {
    const task = makeTask({ taskId, cacheKey });
    await store.create([{ task, input: { prompt: 'p' } }]);
    const { message } = toQueuedTask(task);
    return { message, priority: 'normal', receiveCount: 1, handle: taskId } satisfies ReceivedTask;
  };
  return { flights, cache, store, clock, received, hidden, deleted, woken, errors };
}

test('a task that shares its result with none leads, and nothing is asked or kept', async () => {
  const { flights, received, cache } = await setUp();
  for (const operation of ['join', 'store', 'release'] as const)
    cache[operation] = () => assert.fail(`asked to ${operation}`);
  const alone = await received('alone', null);
  assert.deepEqual(await flights.board(alone), { kind: 'leads', followed: false });
  await flights.renew(alone.message);
  assert.equal(await flights.land(alone.message, result), 0);
  await flights.release(alone.message);
});

test('the first of equal tasks leads, the others follow, hidden for longer than any call', async () => {
  const { flights, received, hidden } = await setUp();
  assert.deepEqual(await flights.board(await received('first')), { kind: 'leads', followed: false });
  assert.deepEqual(await flights.board(await received('second')), { kind: 'follows' });
  assert.deepEqual(hidden, [['second', longestCallMs]]);
});

test('a follower whose message was ended meanwhile follows all the same', async () => {
  const { flights, received, errors } = await setUp();
  await flights.board(await received('first'));
  assert.deepEqual(await flights.board(await received('gone')), { kind: 'follows' });
  assert.match(String(errors), /The message is gone/);
});

test('a task that its ticket carries cannot follow: nobody could find it', async () => {
  const { flights, received, hidden } = await setUp();
  await flights.board(await received('first'));
  const { message, priority } = await received('carried');
  const carried = receiveCarried({ id: 't', handle: 'h', carried: { message, priority } });
  assert.ok(carried);
  assert.deepEqual(await flights.board(carried), { kind: 'busy' });
  assert.deepEqual(hidden, []);
});

test('a leader that was not heard of for fifty seconds is followed by another leader', async () => {
  const { flights, received, clock } = await setUp();
  const first = await received('first');
  await flights.board(first);
  clock.now += messageVisibilityMs - 1;
  assert.equal((await flights.board(await received('second'))).kind, 'follows');
  await flights.renew(first.message);
  clock.now += messageVisibilityMs - 1;
  assert.equal((await flights.board(await received('third'))).kind, 'follows');
  clock.now += 1;
  assert.equal((await flights.board(await received('fourth'))).kind, 'leads');
});

test('who leads after a lost leader knows that one follows already', async () => {
  const { flights, received, clock } = await setUp();
  await flights.board(await received('first'));
  await flights.board(await received('second'));
  clock.now += messageVisibilityMs;
  assert.deepEqual(await flights.board(await received('third')), { kind: 'leads', followed: true });
});

test('a flight that lands while one begins to follow is a hit for it', async () => {
  const { flights, received, cache } = await setUp();
  const first = await received('first');
  await flights.board(first);
  const { follow } = cache;
  cache.follow = async (...args) => {
    cache.follow = follow;
    await flights.land(first.message, result);
    return follow(...args);
  };
  const boarding = await flights.board(await received('second'));
  assert.equal(boarding.kind, 'hit');
  assert.equal(boarding.kind === 'hit' && boarding.result.content, 'answer');
});

test('a result is kept for its time, and answers how many follow', async () => {
  const { flights, received, cache, clock } = await setUp();
  const first = await received('first');
  await flights.board(first);
  await flights.board(await received('second'));
  await flights.board(await received('third'));
  assert.equal(await flights.land(first.message, result), 2);
  assert.equal((await cache.read('k', clock.now + 59_999))?.content, 'answer');
  assert.equal(await cache.read('k', clock.now + 60_000), undefined);
});

test('all who follow are ended with the result, at no cost, and their messages go', async () => {
  const { flights, received, store, deleted, cache, woken } = await setUp();
  const first = await received('first');
  await flights.board(first);
  for (let place = 0; place < 230; place += 1) await flights.board(await received(`follower${place}`));
  await flights.land(first.message, result);
  await flights.endFollowers('k');
  const ended = store.all().filter(({ status }) => status === 'completed');
  assert.equal(ended.length, 230);
  assert.deepEqual(ended[0]?.result, { ...result, cached: true, costUsd: 0, latencyMs: 0 });
  assert.equal(ended[0]?.waitedFor, 'equal_task');
  assert.deepEqual(
    deleted.map(({ length }) => length),
    [100, 100, 30],
  );
  assert.deepEqual(await cache.listFollowers('k', 10), []);
  assert.deepEqual(woken, []);
});

test('a follower that a worker runs by now keeps its message', async () => {
  const { flights, received, store, deleted, cache } = await setUp();
  const first = await received('first');
  await flights.board(first);
  const second = await received('second');
  await flights.board(second);
  await flights.board(await received('third'));
  await store.claim(second.message, 'kimi', 'somebody', start, start + 45_000);
  await flights.land(first.message, result);
  await flights.endFollowers('k');
  assert.deepEqual(deleted, [['third']]);
  assert.equal((await store.get(second.message))?.status, 'processing');
  assert.deepEqual(await cache.listFollowers('k', 10), []);
});

test('followers of a result that is not kept are woken, to ask for themselves', async () => {
  const { flights, received, woken, deleted, cache } = await setUp();
  await flights.board(await received('first'));
  await flights.board(await received('second'));
  await flights.board(await received('third'));
  await flights.endFollowers('k');
  assert.deepEqual(woken, ['second', 'third']);
  assert.deepEqual(deleted, []);
  assert.deepEqual(await cache.listFollowers('k', 10), []);
});

test('a flight without a result wakes the first who followed, alone', async () => {
  const { flights, received, woken, cache } = await setUp();
  const first = await received('first');
  await flights.board(first);
  await flights.board(await received('second'));
  await flights.board(await received('third'));
  await flights.release(first.message);
  assert.deepEqual(woken, ['second']);
  assert.equal((await cache.listFollowers('k', 10)).length, 1);
  assert.equal((await flights.board(await received('fourth'))).kind, 'leads');
});

test('a flight without a result that nobody followed looks for nobody', async () => {
  const { flights, received, cache } = await setUp();
  const first = await received('first');
  await flights.board(first);
  cache.listFollowers = () => assert.fail('nobody was counted');
  await flights.release(first.message);
});

test('followers that were ended meanwhile are woken no more', async () => {
  const { flights, received, cache, woken } = await setUp();
  const first = await received('first');
  await flights.board(first);
  await flights.board(await received('second'));
  await cache.removeFollowers('k', await cache.listFollowers('k', 10));
  await flights.release(first.message);
  assert.deepEqual(woken, []);
});
