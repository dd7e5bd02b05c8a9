import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSpareTickets } from '../../../../core/scheduling/spare-tickets.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import type { Ticket } from '../../../../core/scheduling/ticket.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';
import { makeTask } from '../../../make-task.ts';

test('tasks whose result is cached leave no tickets that look for work in vain', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, callMs: 1_000 });
  await world.submit(1, { cacheKey: 'key' });
  assert.ok(await world.drain(10_000));
  await world.submit(60, { cacheKey: 'key' });
  assert.ok(await world.drain(10_000));
  await world.advance(1_000);
  assert.equal(world.calls.length, 1);
  assert.equal(world.queues.tickets('kimi'), 0);
});

test('a start that cached tasks did not need is used for a task that is called, and none is forgotten', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, callMs: 1_000 });
  await world.submit(1, { cacheKey: 'key' });
  assert.ok(await world.drain(10_000));
  for (let each = 0; each < 10; each += 1) {
    await world.submit(3, { cacheKey: 'key' });
    await world.submit(1);
  }
  assert.ok(await world.drain(20_000));
  assert.equal(world.calls.length, 11);
});

function countDrops(answer: () => Promise<Ticket[]> = async () => []) {
  const asked: string[] = [];
  const shown: string[] = [];
  const errors: unknown[] = [];
  const spare = createSpareTickets({
    provider: 'kimi',
    queues: {
      async dropTickets(_provider, count, seconds) {
        asked.push(`${count} for ${seconds} s`);
        return answer();
      },
      setTicketVisibility: async (_provider, handle, milliseconds) =>
        void shown.push(`${handle} in ${milliseconds}`),
    },
    onError: (error) => void errors.push(error),
  });
  return { spare, asked, shown, errors };
}

test('the first spare ticket is dropped at once, others more and more together, and the rest in the end', async () => {
  const { spare, asked } = countDrops();
  await spare.drop();
  spare.add();
  await new Promise(setImmediate);
  for (let each = 0; each < 31; each += 1) spare.add();
  const together = ['1 for 50 s', '3 for 50 s', '5 for 50 s', '10 for 50 s', '10 for 50 s'];
  assert.deepEqual(asked, together);
  await spare.drop();
  await spare.drop();
  assert.deepEqual(asked, [...together, '3 for 50 s']);
});

test('the end waits for tickets that are being dropped, and a refusal is tolerated', async () => {
  const { promise, reject } = Promise.withResolvers<Ticket[]>();
  const { spare, errors } = countDrops(() => promise);
  for (let each = 0; each < 10; each += 1) spare.add();
  let isDropped = false;
  const dropping = spare.drop().then(() => {
    isDropped = true;
  });
  await new Promise(setImmediate);
  assert.equal(isDropped, false);
  reject(new Error('refused'));
  await dropping;
  assert.match(String(errors), /^Error: refused/);
});

const carrying = (handle: string): Ticket => ({
  id: handle,
  handle,
  carried: { message: toQueuedTask(makeTask()).message, priority: 'low' },
});

test('of tickets that carry tasks one is kept to be used, others show again, and the next is met meanwhile', async () => {
  const found = [[carrying('a'), carrying('b')], [carrying('c')], []];
  const { spare, asked, shown } = countDrops(async () => found.shift() ?? []);
  spare.add();
  await new Promise(setImmediate);
  assert.deepEqual(shown, ['b in 0']);
  assert.equal(spare.takeCarrying()?.handle, 'a');
  assert.equal(spare.takeCarrying(), undefined);
  await new Promise(setImmediate);
  assert.deepEqual(asked, ['1 for 50 s', '2 for 50 s'], 'as many are still spare');
  await spare.drop();
  assert.deepEqual(shown, ['b in 0', 'c in 0'], 'what nobody took shows in the end');
});

test('while workers go on, what tickets carry is run before what waits behind them', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 } });
  const members = { priority: 'normal' } as const;
  await world.submit(2, members);
  const early = await world.submit(3, members, undefined, true);
  await world.submit(30, members);
  assert.ok(await world.drain(30_000));
  const order = world.calls.map(({ task }) => task.taskId);
  const places = early.map(({ taskId }) => order.indexOf(taskId));
  assert.ok(Math.max(...places) < 12, `they were started as ${places}`);
  await world.advance(60_000, 1_000);
  assert.equal(world.queues.tickets('kimi'), 0);
  assert.deepEqual(world.errors, []);
});
