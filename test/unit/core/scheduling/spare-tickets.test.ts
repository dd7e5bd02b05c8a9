import assert from 'node:assert/strict';
import { test } from 'node:test';
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
