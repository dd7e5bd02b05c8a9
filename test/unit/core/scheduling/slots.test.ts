import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotLeaseMs } from '../../../../core/scheduling/hold-times.ts';
import type { SlotSettings } from '../../../../core/scheduling/slot-settings.ts';
import { parkingKey, type SlotStore, typeLevel } from '../../../../core/scheduling/slot-store.ts';
import { createSlots } from '../../../../core/scheduling/slots.ts';
import type { ReceivedTask } from '../../../../core/scheduling/task-queues.ts';
import type { WaitingTask } from '../../../../core/scheduling/waiting-tasks.ts';
import { createMemorySlotStore, createMemoryWaitingTasks } from '../../../fakes/scheduling/memory-slots.ts';

const start = 1_800_000_000_000;

/** Workers of two providers over one table of slots. */
function setUp(settings: Partial<SlotSettings> = {}) {
  const memory = createMemorySlotStore();
  const waiting = createMemoryWaitingTasks();
  const clock = { now: start };
  let random = 0;
  const sent: string[] = [];
  const woken: string[] = [];
  let changes = 0;
  const store = {
    ...memory,
    async change(change: Parameters<typeof memory.change>[0]) {
      changes += 1;
      return memory.change(change);
    },
  };
  const of = (provider: string, more: Partial<SlotSettings> = {}, hostStartedAt?: number) =>
    createSlots({
      store,
      waiting,
      settings: { provider, providers: ['kimi', 'qwen'], typeLimits: {}, ...settings, ...more },
      sendTicket: async (name) => void sent.push(name),
      wake: async ({ received }) => void woken.push(received.message.taskId),
      ...(hostStartedAt !== undefined && { hostStartedAt }),
      clock: () => clock.now,
      random: () => random,
    });
  const counted = async (...levels: string[]) => {
    const table = await memory.read();
    return levels.map((level) => table.taken(level));
  };
  const parked = async (level: string, provider: string) =>
    (await memory.read()).parkedTickets(parkingKey(level, provider));
  return {
    of,
    store,
    waiting,
    clock,
    sent,
    woken,
    counted,
    parked,
    changes: () => changes,
    setRandom: (value: number) => {
      random = value;
    },
  };
}

/** Does something between what a holder knows and the change that it makes by that. */
function beforeNextChange(store: Pick<SlotStore, 'change'>, act: () => Promise<void>): void {
  const { change } = store;
  store.change = async (asked) => {
    store.change = change;
    await act();
    return change(asked);
  };
}

function waitingTask(taskId: string, provider = 'kimi', createdAt = 0): WaitingTask {
  const message = { taskId, type: 'custom', createdAt } as ReceivedTask['message'];
  return { provider, received: { message, priority: 'normal', handle: taskId, receiveCount: 1 } };
}

test('without limits no slot is asked for', async () => {
  const { of, changes, store } = setUp();
  const slots = of('kimi');
  assert.equal(await slots.acquire('a'), 'held');
  assert.equal(await slots.acquireNow('a'), 'held');
  assert.equal(await slots.acquireType('a', 'custom'), 'held');
  assert.equal(await slots.waitForType('a', 'custom'), 'held');
  assert.equal(await slots.renew('a'), true);
  assert.equal(await slots.renewForCall('a'), true);
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  await slots.releaseType('a');
  await slots.release('a');
  assert.equal(changes(), 0);
  assert.equal((await store.read()).leases.size, 0);
});

test('a slot is taken at every level at once, for a minute', async () => {
  const { of, store, counted } = setUp({ globalLimit: 5, providerLimit: 2 });
  assert.equal(await of('kimi').acquire('a'), 'held');
  const lease = (await store.read()).leases.get('a');
  assert.deepEqual(lease, { levels: ['global', 'provider_kimi'], from: start, until: start + slotLeaseMs });
  assert.deepEqual(await counted('global', 'provider_kimi', 'provider_qwen'), [1, 1, 0]);
});

test('what cannot wait is held or full at once, and parks no ticket', async () => {
  const { of, parked } = setUp({ providerLimit: 1 });
  const slots = of('kimi');
  assert.equal(await slots.acquireNow('a'), 'held');
  assert.equal(await slots.acquireNow('b'), 'full');
  assert.equal(await parked('provider_kimi', 'kimi'), 0);
  await slots.release('a');
  assert.equal(await slots.acquireNow('b'), 'held');
});

test('a single limit holds, of whichever kind', async () => {
  for (const settings of [{ globalLimit: 1 }, { providerLimit: 1 }]) {
    const { of } = setUp(settings);
    assert.equal(await of('kimi').acquire('a'), 'held');
    assert.equal(await of('kimi').acquire('b'), 'parked');
  }
  const { of } = setUp({ typeLimits: { custom: 1 } });
  assert.equal(await of('kimi').acquireType('a', 'custom'), 'held');
  assert.equal(await of('qwen').acquireType('b', 'custom'), 'full');
  assert.equal(await of('kimi').acquireType('c', 'translation'), 'held');
});

test('while it is known to be full, a ticket is counted without asking for a slot first', async () => {
  const { of, parked, changes, store, clock } = setUp({ providerLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquire('b');
  const before = changes();
  await slots.acquire('c');
  assert.equal(await parked('provider_kimi', 'kimi'), 2);
  assert.equal(changes(), before, 'by the count alone');

  await store.change({ holder: 'a', from: (await store.read()).leases.get('a'), to: undefined });
  assert.equal(await slots.acquire('d'), 'held', 'it is not full any more');
  await slots.acquire('e');
  clock.now += slotLeaseMs + 1;
  assert.equal(await slots.acquire('f'), 'held', 'a lease that has ended is looked for');
});

test('a full level counts the ticket as parked under its provider, and takes no slot elsewhere', async () => {
  const { of, parked, counted, store } = setUp({ globalLimit: 1, providerLimit: 3 });
  await of('kimi').acquire('a');
  assert.equal(await of('qwen').acquire('b'), 'parked');
  assert.equal(await parked('global', 'qwen'), 1);
  assert.equal(await parked('global', 'kimi'), 0);
  assert.deepEqual(await counted('global', 'provider_qwen'), [1, 0]);
  assert.equal((await store.read()).leases.has('b'), false);
});

test('a slot that becomes free before the ticket is counted is taken instead', async () => {
  const { of, store, parked } = setUp({ globalLimit: 1 });
  const kimi = of('kimi');
  await kimi.acquire('a');
  const { parkTicket } = store;
  store.parkTicket = async (...args) => {
    await kimi.release('a');
    return parkTicket(...args);
  };
  assert.equal(await of('qwen').acquire('b'), 'held');
  assert.equal(await parked('global', 'qwen'), 0);
});

test('whoever finds a level full frees the slots of leases that have ended, of those alone', async () => {
  const { of, clock, counted, store } = setUp({ globalLimit: 2 });
  await of('kimi').acquire('dead');
  clock.now += 1;
  await of('kimi').acquire('alive');
  clock.now = start + slotLeaseMs;
  assert.equal(await of('kimi').acquire('early'), 'parked', 'a lease holds until its last moment');
  clock.now += 1;
  assert.equal(await of('kimi').acquire('next'), 'held');
  assert.deepEqual([...(await store.read()).leases.keys()], ['alive', 'next']);
  assert.deepEqual(await counted('global'), [2]);
});

test('leases from before the host started belong to dead processes', async () => {
  const { of, clock } = setUp({ globalLimit: 1 });
  await of('kimi').acquire('dead');
  clock.now += 10_000;
  assert.equal(await of('kimi', {}, start).acquire('next'), 'parked');
  assert.equal(await of('kimi', {}, start + 1).acquire('next'), 'held');
});

test('a slot of the type is taken once, however often it is asked for', async () => {
  const { of, counted } = setUp({ globalLimit: 5, typeLimits: { custom: 2 } });
  const slots = of('kimi');
  await slots.acquire('a');
  for (let each = 0; each < 3; each += 1) assert.equal(await slots.acquireType('a', 'custom'), 'held');
  assert.deepEqual(await counted('global', typeLevel('custom')), [1, 1]);
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(await counted('global', typeLevel('custom')), [0, 0]);
});

test('a repeat of a change of slots after a lost answer changes nothing twice', async () => {
  const { of, counted, store } = setUp({ globalLimit: 5, typeLimits: { custom: 2 } });
  const { change } = store;
  store.change = async (asked) => {
    await change(asked);
    return change(asked);
  };
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  assert.equal(await slots.renew('a'), true);
  assert.deepEqual(await counted('global', typeLevel('custom')), [1, 1]);
  await slots.passOn('a', 'worked');
  assert.deepEqual(await counted('global', typeLevel('custom')), [0, 0]);
});

test('a task of another limited type gives the first type’s slot back, and wakes who waits for it', async () => {
  const { of, counted, waiting, woken, store } = setUp({
    globalLimit: 5,
    typeLimits: { custom: 1, summary: 1 },
  });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('one'));
  assert.equal(await slots.acquireType('a', 'summary'), 'held');
  assert.deepEqual(woken, ['one']);
  assert.equal(waiting.count('custom'), 0);
  assert.deepEqual(
    await counted('global', typeLevel('custom'), typeLevel('summary')),
    [1, 1, 1],
    'one is kept',
  );
  const from = (await store.read()).leases.get('a');
  await store.change({ holder: 'a', from, to: undefined });
  await assert.rejects(slots.acquireType('a', 'custom'), /The slots of a were taken over/);
});

test('slots that another took over are not added to', async () => {
  const { of, store } = setUp({ globalLimit: 5, typeLimits: { custom: 2 } });
  const slots = of('kimi');
  await slots.acquire('a');
  const from = (await store.read()).leases.get('a');
  await store.change({ holder: 'a', from, to: undefined });
  await assert.rejects(slots.acquireType('a', 'custom'), /The slots of a were taken over/);
});

test('a wait for the type is counted while it is full; else its slot is taken', async () => {
  const { of, store, counted } = setUp({ typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquireType('a', 'custom');
  assert.equal(await slots.waitForType('b', 'custom'), 'waits');
  assert.equal((await store.read()).waits('custom'), 1);
  await slots.release('a');
  assert.equal(await slots.waitForType('b', 'custom'), 'held');
  assert.equal((await store.read()).waits('custom'), 1);
  assert.deepEqual(await counted(typeLevel('custom')), [1]);
});

test('renewed slots end a minute after the renewal; another’s are not renewed', async () => {
  const { of, store, clock } = setUp({ globalLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  clock.now += 20_000;
  assert.equal(await slots.renew('a'), true);
  assert.equal((await store.read()).leases.get('a')?.until, start + 20_000 + slotLeaseMs);
  assert.equal((await store.read()).leases.get('a')?.from, start);
  await store.change({ holder: 'a', from: (await store.read()).leases.get('a'), to: undefined });
  assert.equal(await slots.renew('a'), false);
});

test('the freed slots go to the most urgent task that waits for the type, and are kept for it', async () => {
  const { of, waiting, counted } = setUp({ globalLimit: 5, typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('younger', 'kimi', 2));
  await waiting.add('custom', waitingTask('older', 'kimi', 1));
  const next = await slots.passOn('a', 'worked');
  assert.deepEqual(next, { kind: 'task', waiting: waitingTask('older', 'kimi', 1) });
  assert.deepEqual(await counted('global', typeLevel('custom')), [1, 1]);
});

test('a waiting task of another provider is woken, once, and the slots are released', async () => {
  const { of, waiting, woken, counted } = setUp({ globalLimit: 5, typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('other', 'qwen', 1));
  await waiting.add('custom', waitingTask('second', 'qwen', 2));
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(woken, ['other']);
  assert.equal(waiting.count('custom'), 1);
  assert.deepEqual(await counted('global', typeLevel('custom')), [0, 1], 'the type’s is kept for it');
});

test('a slot that goes to a task at another provider is kept until it has come, and for nobody else', async () => {
  const { of, waiting, counted } = setUp({ typeLimits: { custom: 1 } });
  const [kimi, qwen] = [of('kimi'), of('qwen')];
  await kimi.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('other', 'qwen', 1));
  await kimi.passOn('a', 'worked');
  assert.equal(await kimi.acquireType('b', 'custom', 'fresh'), 'full');
  assert.equal(await qwen.acquireType('c', 'custom', 'other'), 'held');
  assert.deepEqual(await counted(typeLevel('custom')), [1]);
  await qwen.release('c');
  assert.deepEqual(await counted(typeLevel('custom')), [0]);
});

test('a slot that was kept is free again where another was free for the task', async () => {
  const { of, waiting, counted } = setUp({ typeLimits: { custom: 2 } });
  const [kimi, qwen] = [of('kimi'), of('qwen')];
  await kimi.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('other', 'qwen', 1));
  await kimi.passOn('a', 'worked');
  assert.equal(await qwen.acquireType('c', 'custom', 'other'), 'held');
  assert.deepEqual(await counted(typeLevel('custom')), [1]);
});

test('a slot that nobody came for is anybody’s after a lease time', async () => {
  const { of, waiting, clock } = setUp({ typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('other', 'qwen', 1));
  await slots.passOn('a', 'worked');
  clock.now += slotLeaseMs + 1;
  assert.equal(await slots.acquireType('b', 'custom', 'fresh'), 'held');
});

test('a provider that can start nothing wakes the other’s task behind its own', async () => {
  const { of, waiting, woken } = setUp({ typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquireType('a', 'custom');
  for (let place = 0; place < 19; place += 1)
    await waiting.add('custom', waitingTask(`own${place}`, 'kimi', place));
  await waiting.add('custom', waitingTask('other', 'qwen', 19));
  assert.deepEqual(await slots.passOn('a', 'closed'), { kind: 'none' });
  assert.deepEqual(woken, ['other']);
});

test('a task that begins to wait while the slots are released is seen', async () => {
  const { of, waiting, store, woken } = setUp({ typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquireType('a', 'custom');
  beforeNextChange(store, async () => {
    await waiting.add('custom', waitingTask('late'));
    assert.equal(await of('qwen').waitForType('b', 'custom'), 'waits');
  });
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'task', waiting: waitingTask('late') });
  assert.deepEqual(woken, []);
});

test('a task of another provider that begins to wait meanwhile is woken', async () => {
  const { of, waiting, store, woken } = setUp({ typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquireType('a', 'custom');
  beforeNextChange(store, async () => {
    await waiting.add('custom', waitingTask('late', 'qwen', 2));
    await store.countWait('custom', typeLevel('custom'), 1);
  });
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(woken, ['late']);
});

test('a parked ticket of its own provider is made good with the slots, the type’s goes back', async () => {
  const { of, parked, counted, store, clock } = setUp({ globalLimit: 1, typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  await of('kimi').acquire('b');
  clock.now += 5_000;
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'ticket' });
  assert.equal(await parked('global', 'kimi'), 0);
  assert.deepEqual(await counted('global', typeLevel('custom')), [1, 0]);
  assert.equal((await store.read()).leases.get('a')?.until, start + 5_000 + slotLeaseMs, 'a fresh lease');
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(await counted('global'), [0]);
});

test('a parked ticket of another provider is sent, and the slots are released', async () => {
  const { of, parked, counted, sent } = setUp({ globalLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  await of('qwen').acquire('b');
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(sent, ['qwen']);
  assert.equal(await parked('global', 'qwen'), 0);
  assert.deepEqual(await counted('global'), [0]);
});

test('a provider that can start nothing leaves its own parked tickets, and serves the other’s', async () => {
  const { of, parked, sent } = setUp({ globalLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  await of('kimi').acquire('b');
  await of('qwen').acquire('c');
  assert.deepEqual(await slots.passOn('a', 'closed'), { kind: 'none' });
  assert.deepEqual(sent, ['qwen']);
  assert.equal(await parked('global', 'kimi'), 1);
  await slots.acquire('a');
  assert.deepEqual(await slots.passOn('a', 'closed'), { kind: 'none' });
  assert.deepEqual(sent, ['qwen']);
});

test('of parked tickets each provider is served in proportion', async () => {
  for (const [random, expected] of [
    [0, 'ticket'],
    [0.24, 'ticket'],
    [0.26, 'none'],
    [0.99, 'none'],
  ] as const) {
    const { of, setRandom, sent } = setUp({ globalLimit: 1 });
    const slots = of('kimi');
    await slots.acquire('a');
    await of('kimi').acquire('b');
    for (const holder of ['c', 'd', 'e']) await of('qwen').acquire(holder);
    setRandom(random);
    assert.deepEqual(await slots.passOn('a', 'worked'), { kind: expected }, `${random}`);
    assert.deepEqual(sent, expected === 'none' ? ['qwen'] : []);
  }
});

test('tickets are parked at each level, and served from each', async () => {
  const { of, parked, sent } = setUp({ globalLimit: 2, providerLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  assert.equal(await of('kimi').acquire('b'), 'parked');
  assert.equal(await parked('provider_kimi', 'kimi'), 1);
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'ticket' });
  assert.equal(await parked('provider_kimi', 'kimi'), 0);
  assert.deepEqual(sent, []);
});

/** One of the first provider runs, one of its tickets is parked at its own level, one of the other at the service's. */
async function parkAtTwoLevels() {
  const world = setUp({ globalLimit: 2 });
  const kimi = world.of('kimi', { providerLimit: 1 });
  await kimi.acquire('a');
  assert.equal(await kimi.acquire('b'), 'parked');
  await world.of('qwen').acquire('c');
  assert.equal(await world.of('qwen').acquire('d'), 'parked');
  return { ...world, kimi };
}

test('whoever serves another provider leaves none of its own parked at a level that nobody holds', async () => {
  const { kimi, sent, parked, counted } = await parkAtTwoLevels();
  assert.deepEqual(await kimi.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(sent, ['qwen', 'kimi']);
  assert.equal(await parked('provider_kimi', 'kimi'), 0);
  assert.deepEqual(await counted('global', 'provider_kimi'), [1, 0]);
});

test('one that can start nothing, or has looked in vain, leaves its own parked where it serves another', async () => {
  for (const found of ['closed', 'idle'] as const) {
    const { kimi, sent, parked } = await parkAtTwoLevels();
    assert.deepEqual(await kimi.passOn('a', found), { kind: 'none' });
    // What the first look was told of the table is older than the ticket.
    assert.deepEqual(sent, found === 'closed' ? ['qwen'] : ['qwen', 'kimi']);
    assert.equal(await parked('provider_kimi', 'kimi'), found === 'closed' ? 1 : 0);
  }
});

test('the slots of who died go to a ticket at each of their levels', async () => {
  const { of, sent, clock, parked } = await parkAtTwoLevels();
  clock.now += slotLeaseMs + 1;
  await of('qwen').acquire('e');
  assert.deepEqual(sent.toSorted(), ['kimi', 'qwen']);
  assert.equal(await parked('provider_kimi', 'kimi'), 0);
});

test('a ticket that is parked for its provider leaves the slot of the service to another’s', async () => {
  const { of, parked, sent, store } = setUp({ globalLimit: 2 });
  const kimi = of('kimi', { providerLimit: 1 });
  const qwen = of('qwen');
  await kimi.acquire('a');
  await qwen.acquire('b');
  await store.parkTicket(parkingKey('global', 'qwen'), 'global', 2);
  await qwen.release('b');
  assert.equal(await kimi.acquire('c'), 'parked');
  assert.deepEqual(sent, ['qwen']);
  assert.deepEqual([await parked('global', 'qwen'), await parked('provider_kimi', 'kimi')], [0, 1]);
});

test('whoever holds nothing any more passes nothing on', async () => {
  const { of, store, sent, clock } = setUp({ globalLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  clock.now += slotLeaseMs + 1;
  assert.equal(await of('qwen').acquire('b'), 'held');
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
  assert.deepEqual(sent, []);
  assert.deepEqual([...(await store.read()).leases.keys()], ['b']);
});

test('only the type’s slot goes back for more urgent work, and who waits for it is woken', async () => {
  const { of, waiting, woken, counted, store, clock } = setUp({ globalLimit: 5, typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('one'));
  clock.now += 3_000;
  assert.equal(await slots.releaseType('a'), true);
  assert.deepEqual(woken, ['one']);
  assert.deepEqual(await counted('global', typeLevel('custom')), [1, 1], 'the type’s is kept for it');
  assert.equal((await store.read()).leases.get('a')?.until, start + 3_000 + slotLeaseMs);
  assert.equal(await slots.releaseType('a'), true, 'there is no more to give back');
  await slots.release('a');
  assert.deepEqual(await counted('global'), [0]);
});

test('where the type alone has a limit, giving its slot back leaves no lease', async () => {
  const { of, store } = setUp({ typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquireType('a', 'custom');
  assert.equal(await slots.releaseType('a'), true);
  assert.equal((await store.read()).leases.size, 0);
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'none' });
});

test('slots that are another’s by now are not kept for more urgent work', async () => {
  const { of, store } = setUp({ globalLimit: 5, typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  await store.change({ holder: 'a', from: (await store.read()).leases.get('a'), to: undefined });
  assert.equal(await slots.releaseType('a'), false);
});

test('who begins to wait while the type’s slot goes back is woken too', async () => {
  const { of, waiting, store, woken } = setUp({ globalLimit: 5, typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  beforeNextChange(store, async () => {
    await waiting.add('custom', waitingTask('late'));
    await store.countWait('custom', typeLevel('custom'), 1);
  });
  assert.equal(await slots.releaseType('a'), true);
  assert.deepEqual(woken, ['late']);
});

test('released slots are free whatever waits', async () => {
  const { of, waiting, counted, woken, sent } = setUp({ globalLimit: 1, typeLimits: { custom: 1 } });
  const slots = of('kimi');
  await slots.acquire('a');
  await slots.acquireType('a', 'custom');
  await waiting.add('custom', waitingTask('one'));
  await of('qwen').acquire('b');
  await slots.release('a');
  assert.deepEqual(await counted('global', typeLevel('custom')), [0, 0]);
  assert.deepEqual([woken, sent], [[], []]);
  await slots.release('a');
});

test('a ticket that is parked while its holder looks in vain is served; what was parked before the look is not', async () => {
  const { of, store, parked, sent } = setUp({ providerLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  const level = 'provider_kimi';
  await of('kimi').acquire('b');
  assert.equal(await parked(level, 'kimi'), 1);
  // Its look comes after this ticket was parked: it finds nothing for it.
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'ticket' });
  beforeNextChange(store, async () => {
    assert.equal(await of('kimi').acquire('c'), 'parked');
  });
  assert.deepEqual(await slots.passOn('a', 'idle'), { kind: 'ticket' });
  assert.equal(await parked(level, 'kimi'), 0);
  assert.deepEqual(await slots.passOn('a', 'idle'), { kind: 'none' });
  assert.deepEqual(sent, []);
});

test('an idle holder gives up its slots though tickets are left that it found nothing for', async () => {
  const { of, parked, counted } = setUp({ providerLimit: 1 });
  const slots = of('kimi');
  await slots.acquire('a');
  for (const holder of ['b', 'c']) await of('kimi').acquire(holder);
  assert.deepEqual(await slots.passOn('a', 'worked'), { kind: 'ticket' });
  assert.deepEqual(await slots.passOn('a', 'idle'), { kind: 'none' });
  assert.deepEqual([await parked('provider_kimi', 'kimi'), await counted('provider_kimi')], [1, [0]]);
});
