import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSpareTickets } from '../../../../core/scheduling/spare-tickets.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

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

function countDrops(answer: () => Promise<void> = async () => {}) {
  const asked: number[] = [];
  const errors: unknown[] = [];
  const spare = createSpareTickets({
    provider: 'kimi',
    queues: {
      async dropTickets(_provider, count) {
        asked.push(count);
        await answer();
      },
    },
    onError: (error) => void errors.push(error),
  });
  return { spare, asked, errors };
}

test('spare tickets are dropped ten at once, and the rest in the end', async () => {
  const { spare, asked } = countDrops();
  await spare.drop();
  for (let each = 0; each < 13; each += 1) spare.add();
  assert.deepEqual(asked, [10]);
  await spare.drop();
  await spare.drop();
  assert.deepEqual(asked, [10, 3]);
});

test('the end waits for tickets that are being dropped, and a refusal is tolerated', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
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
  assert.equal(String(errors), 'Error: refused');
});
