import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

test('every task runs once, and no ticket and no message is left', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 } });
  await world.submit(10);
  assert.ok(await world.drain(20_000));
  assert.equal(world.calls.length, 10);
  assert.equal(world.mostAtOnce('all'), 3);
  assert.equal(world.queues.taskMessages('kimi').length, 0);
  await world.advance(10_000);
  assert.equal(world.queues.tickets('kimi'), 0);
});

test('a limit of the service holds over providers, and whoever frees a slot goes on', async (t) => {
  const world = startWorld(t, { providers: { kimi: 4, qwen: 4 }, globalLimit: 3 });
  await world.submit(12, { provider: 'kimi' });
  await world.submit(12, { provider: 'qwen' });
  assert.ok(await world.drain(30_000));
  assert.equal(world.mostAtOnce('all'), 3);
  assert.equal(world.calls.length, 24);
  console.log(Object.fromEntries(world.requests), world.errors);
  console.log(Date.now() - 1767225600000);
});

test('type limit', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, typeLimits: { custom: 2 } });
  await world.submit(20, { type: 'custom' });
  await world.submit(20, { type: 'translation' });
  assert.ok(await world.drain(60_000));
  assert.equal(world.mostAtOnce('type custom'), 2);
  console.log(Object.fromEntries(world.requests), world.errors, Math.max(...world.queues.receiveCounts()));
  console.log(Date.now() - 1767225600000);
});

test('equal', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, callMs: 20_000 });
  await world.submit(200, { cacheKey: 'k' });
  assert.ok(await world.drain(60_000));
  assert.equal(world.calls.length, 1);
  console.log(Object.fromEntries(world.requests), world.errors, Math.max(...world.queues.receiveCounts()));
  console.log(Date.now() - 1767225600000);
});

test('tokens', async (t) => {
  const world = startWorld(t, { providers: { kimi: 50 }, tokensPerMinute: 60_000, callMs: 2_000 });
  await world.submit(240, { estimatedTokens: 500 });
  await world.submit(45, { estimatedTokens: 2_000 });
  await world.submit(15, { estimatedTokens: 8_000 });
  const ok = await world.drain(600_000);
  const seconds = new Map<number, number>();
  for (const { task, startedAt } of world.calls) {
    const s = Math.floor(startedAt / 1000);
    seconds.set(s, (seconds.get(s) ?? 0) + task.estimatedTokens);
  }
  const all = [...seconds.keys()];
  const sums = all.map((s) =>
    [...seconds].reduce((sum, [at, n]) => sum + (at >= s && at < s + 60 ? n : 0), 0),
  );
  const last = Math.max(...all);
  console.log(
    'max',
    Math.max(...sums),
    'min',
    Math.min(...sums.filter((_, i) => (all[i] as number) + 60 <= last)),
    last - Math.min(...all),
    ok,
  );
  console.log(
    Object.fromEntries(world.requests),
    world.errors.slice(0, 3),
    Math.max(...world.queues.receiveCounts()),
  );
});
