import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowLeaseMs, slotLeaseMs } from '../../../../core/scheduling/hold-times.ts';
import { createSlots } from '../../../../core/scheduling/slots.ts';
import { createMemorySlotStore, createMemoryWaitingTasks } from '../../../fakes/scheduling/memory-slots.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

test('who goes on with short calls for longer than a lease keeps its slots', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, typeLimits: { custom: 2 }, callMs: 500 });
  await world.submit(400, { type: 'custom' });
  await world.advance(slotLeaseMs + 1_000);
  // They find the type full, and would free what looks dead.
  await world.submit(20, { type: 'custom' });
  assert.ok(await world.drain(60_000));
  assert.equal(world.mostAtOnce('type custom'), 2);
  assert.equal(world.calls.length, 420);
});

test('before a call slots are renewed where their lease would end before the row of the task', async () => {
  const store = createMemorySlotStore();
  const clock = { now: 1_800_000_000_000 };
  const slots = createSlots({
    store,
    waiting: createMemoryWaitingTasks(),
    settings: { provider: 'kimi', providers: ['kimi'], globalLimit: 3, typeLimits: {} },
    sendTicket: async () => {},
    wake: async () => {},
    clock: () => clock.now,
    random: () => 0.5,
  });
  const leaseEnd = async () => (await store.read()).leases.get('a')?.until;
  await slots.acquire('a');
  const first = clock.now + slotLeaseMs;
  clock.now += 10_000;
  assert.equal(await slots.renewForCall('a'), true);
  assert.equal(await leaseEnd(), first);
  clock.now += 1;
  assert.equal(await slots.renewForCall('a'), true);
  assert.equal(await leaseEnd(), clock.now + slotLeaseMs);
  assert.ok(slotLeaseMs - 10_000 > rowLeaseMs);
  // Another worker took it for dead.
  await store.change({ holder: 'a', from: (await store.read()).leases.get('a'), to: undefined });
  clock.now += 20_000;
  assert.equal(await slots.renewForCall('a'), false);
});
