import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotLeaseMs } from '../../../../core/scheduling/hold-times.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

// When all who hold slots die, nobody is left to go on with what waits for them.

test('whoever finds the slots of the dead puts all of them to work again, not one', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, globalLimit: 6, callMs: 10_000 });
  await world.submit(40);
  await world.advance(2_000);
  assert.equal(world.crash(), 6);
  await world.advance(slotLeaseMs);
  const before = world.calls.length;
  await world.submit(1);
  await world.advance(2_000);
  assert.equal(world.calls.length - before, 6);
});

test('the same for a type: its waiting tasks go on', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, typeLimits: { custom: 3 }, callMs: 10_000 });
  await world.submit(20, { type: 'custom' });
  await world.advance(2_000);
  assert.equal(world.crash(), 3);
  await world.advance(slotLeaseMs + 1_000);
  const before = world.calls.length;
  await world.submit(1, { type: 'custom' });
  await world.advance(2_000);
  assert.equal(world.calls.length - before, 3);
});

test('the sweep that finds the dead sends what waits for their slots at once', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 10 },
    globalLimit: 6,
    typeLimits: { custom: 2 },
    callMs: 10_000,
  });
  await world.submit(10, { type: 'custom' });
  await world.submit(40, { type: 'translation' });
  await world.advance(2_000);
  await world.sweep();
  assert.equal(world.crash(), 6);
  await world.advance(slotLeaseMs);
  const before = world.calls.length;
  await world.sweep();
  await world.advance(2_000);
  assert.equal(world.calls.length - before, 6);
  assert.equal(world.mostAtOnce('all'), 6);
  assert.equal(world.mostAtOnce('type custom'), 2);
});
