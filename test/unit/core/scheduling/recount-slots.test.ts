import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SlotStore, typeLevel } from '../../../../core/scheduling/slot-store.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

const custom = typeLevel('custom');

/** Counts a slot for which there is no lease, as an earlier version did. */
async function countOneTooMany(store: SlotStore): Promise<void> {
  const { leases, taken } = await store.read();
  const none = { levels: [custom], from: 0, until: 0 };
  const seen = { ...(await store.read()), taken, leases: new Map([...leases, ['none', none]]) };
  assert.equal(await store.recount(custom, seen), true);
  assert.equal((await store.read()).taken(custom), taken(custom) + 1);
}

test('a slot that no lease holds is found by the sweeper, once', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 }, globalLimit: 3, typeLimits: { custom: 1 } });
  await countOneTooMany(world.slotStore);
  await world.submit(3, { type: 'custom' });
  await world.advance(10_000);
  assert.equal(world.calls.length, 0, 'the type is full, and nobody is there to free it');
  assert.equal((await world.sweep()).slots, 1);
  assert.equal((await world.slotStore.read()).taken(custom), 0);
  assert.equal((await world.sweep()).slots, 0);
  assert.ok(await world.drain(180_000, 1_000));
  assert.equal(world.mostAtOnce('type custom'), 1);
});

test('slots that are taken while the sweeper looks are counted right, and left alone', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 }, globalLimit: 3, typeLimits: { custom: 2 } });
  await world.submit(12, { type: 'custom' });
  const ended = await world.drain(60_000, 250, async () => {
    assert.equal((await world.sweep()).slots, 0);
  });
  assert.ok(ended);
  assert.equal(world.mostAtOnce('type custom'), 2);
});
