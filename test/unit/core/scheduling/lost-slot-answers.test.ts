import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeLevel } from '../../../../core/scheduling/slot-store.ts';
import { createSlots } from '../../../../core/scheduling/slots.ts';
import { createMemorySlotStore, createMemoryWaitingTasks } from '../../../fakes/scheduling/memory-slots.ts';

// A change that was made, though its answer was an error: the table then says more of a lease than its holder knows.

const start = 1_800_000_000_000;

function setUp() {
  const store = createMemorySlotStore();
  const clock = { now: start };
  let losesAnswer = false;
  let changes = 0;
  const slots = createSlots({
    store: {
      ...store,
      async change(change) {
        changes += 1;
        assert.ok(changes < 50, 'it goes round and round');
        const outcome = await store.change(change);
        if (!losesAnswer) return outcome;
        losesAnswer = false;
        throw new Error('The answer was lost');
      },
    },
    waiting: createMemoryWaitingTasks(),
    settings: { provider: 'kimi', providers: ['kimi'], globalLimit: 3, typeLimits: { custom: 2 } },
    sendTicket: () => assert.fail('nobody waits'),
    wake: () => assert.fail('nobody waits'),
    clock: () => clock.now,
    random: () => 0.5,
  });

  /** The holder has a slot and one of the type; the answer of its last renewal was lost. */
  async function renewWithoutAnswer(): Promise<void> {
    await slots.acquire('a');
    await slots.acquireType('a', 'custom');
    clock.now += 20_000;
    losesAnswer = true;
    await assert.rejects(slots.renew('a'), /answer was lost/);
    clock.now += 5_000;
  }
  const counted = async () => {
    const { leases, taken } = await store.read();
    return [leases.size, taken('global'), taken(typeLevel('custom'))];
  };
  return { slots, store, clock, renewWithoutAnswer, counted };
}

test('the next renewal goes on from what the table says', async () => {
  const { slots, store, clock, renewWithoutAnswer } = setUp();
  await renewWithoutAnswer();
  assert.equal(await slots.renew('a'), true, 'the slots are its own still: the call goes on');
  assert.equal((await store.read()).leases.get('a')?.until, clock.now + 60_000);
});

test('a renewal after the slots were reaped is refused all the same', async () => {
  const { slots, store, renewWithoutAnswer } = setUp();
  await renewWithoutAnswer();
  const from = (await store.read()).leases.get('a');
  await store.change({ holder: 'a', from, to: undefined });
  assert.equal(await slots.renew('a'), false);
});

test('the slots are passed on', async () => {
  const { slots, renewWithoutAnswer, counted } = setUp();
  await renewWithoutAnswer();
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(await counted(), [0, 0, 0]);
});

test('the slots are released', async () => {
  const { slots, renewWithoutAnswer, counted } = setUp();
  await renewWithoutAnswer();
  await slots.release('a');
  assert.deepEqual(await counted(), [0, 0, 0]);
});

test("the type's slot goes back, and the others are held still", async () => {
  const { slots, renewWithoutAnswer, counted } = setUp();
  await renewWithoutAnswer();
  await slots.releaseType('a');
  assert.deepEqual(await counted(), [1, 1, 0]);
  assert.equal(await slots.renew('a'), true);
  await slots.release('a');
  assert.deepEqual(await counted(), [0, 0, 0]);
});
