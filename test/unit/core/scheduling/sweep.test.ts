import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import type { BatchProgress } from '../../../../core/batches/batch-progress.ts';
import type { OpenBatches } from '../../../../core/batches/reconcile-batches.ts';
import { parkingKey, typeLevel } from '../../../../core/scheduling/slot-store.ts';
import { createSweep, SweepFailed, type SweepOptions } from '../../../../core/scheduling/sweep.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import { emptyAccount, type TokenAccount } from '../../../../core/scheduling/token-account.ts';
import type { Priority, Task } from '../../../../core/tasks/task.ts';
import { createMemoryRates, createMemoryTokenAccounts } from '../../../fakes/scheduling/memory-accounts.ts';
import { createMemoryBreakers } from '../../../fakes/scheduling/memory-breaker.ts';
import { createMemoryLanes } from '../../../fakes/scheduling/memory-lanes.ts';
import { createMemoryQueues } from '../../../fakes/scheduling/memory-queues.ts';
import { createMemorySlotStore, createMemoryWaitingTasks } from '../../../fakes/scheduling/memory-slots.ts';
import { createMemorySweepState } from '../../../fakes/scheduling/memory-sweep-state.ts';
import { createMemoryTaskStore } from '../../../fakes/scheduling/memory-task-store.ts';
import { makeTask, start } from '../../../make-task.ts';

const minute = 60_000;
const nothing = {
  expired: 0,
  tickets: 0,
  messages: 0,
  unaccepted: 0,
  slots: 0,
  woken: 0,
  counts: 0,
  charges: 0,
  dead: 0,
  circuitsOpen: 0,
  urgentWaitMs: 0,
};

function setUp(options: Partial<SweepOptions> = {}, maxReceives?: number) {
  const clock = { now: start };
  const ports = {
    store: createMemoryTaskStore(),
    batches: { hasTask: async () => true },
    queues: createMemoryQueues(() => clock.now, maxReceives),
    breaker: createMemoryBreakers()(),
    rates: createMemoryRates(),
    tokenAccounts: createMemoryTokenAccounts(),
    slotStore: createMemorySlotStore(),
    waiting: createMemoryWaitingTasks(),
    state: createMemorySweepState(),
    openBatches: {
      listDue: async () => [],
      audit: async () => undefined,
      lookAgain: async () => undefined,
    } as OpenBatches,
    batchProgress: { add: async () => undefined } as BatchProgress,
  };
  const errors: unknown[] = [];
  const sweep = createSweep({
    lanes: createMemoryLanes(() => clock.now),
    providers: ['kimi', 'qwen'],
    retired: [],
    levels: {},
    tokensPerMinute: {},
    limitedTypes: [],
    ...ports,
    clock: () => clock.now,
    onError: (error) => void errors.push(error),
    ...options,
  });
  let numbered = 0;
  const submit = async (count: number, members: Partial<Task> = {}) => {
    const tasks = Array.from({ length: count }, () => {
      numbered += 1;
      const deadlineAt = start + 600 * minute;
      return makeTask({ taskId: `task_${String(numbered).padStart(4, '0')}`, deadlineAt, ...members });
    });
    await ports.store.create(tasks.map((task) => ({ task, input: { prompt: 'p' } })));
    return tasks;
  };
  /** Rows and messages, and no ticket at all. */
  const submitWithoutTickets = async (count: number, members: Partial<Task> = {}) => {
    const tasks = await submit(count, members);
    await ports.queues.enqueue(tasks.map((task) => toQueuedTask(task)));
    for (const provider of ['kimi', 'qwen']) ports.queues.lose('tickets', provider);
    return tasks;
  };
  const next = async () => {
    clock.now += minute;
    return sweep();
  };
  return { ...ports, sweep, next, clock, errors, submit, submitWithoutTickets };
}

test('nothing is wrong: nothing is repaired', async () => {
  const { submit, queues, store, next } = setUp();
  await queues.enqueue((await submit(30)).map((task) => toQueuedTask(task)));
  for (const operation of ['sendTickets', 'enqueue'] as const)
    queues[operation] = () => assert.fail('nothing is to be sent');
  let pages = 0;
  const { listOpen } = store;
  store.listOpen = (...args) => {
    pages += 1;
    return listOpen(...args);
  };
  for (let sweeps = 0; sweeps < 4; sweeps += 1) assert.deepEqual(await next(), nothing);
  assert.equal(pages, 8, 'one of each provider in each sweep');
  assert.equal(queues.tickets('kimi'), 30);
  assert.equal(queues.taskMessages('kimi').length, 30);
});

test('open circuits are counted, and pauses that a provider asked for are not', async () => {
  const { breaker, sweep, next, clock } = setUp();
  await breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), clock.now);
  const asked = new ProviderFailure('rate_limited', 'Later', { retryAfter: 30 * minute });
  await breaker.recordFailure('qwen', asked, clock.now);
  assert.equal((await sweep()).circuitsOpen, 1);
  assert.equal((await next()).circuitsOpen, 0, 'a probe may ask');
});

test('tasks without tickets get as many, when two sweeps missed them', async () => {
  const { submitWithoutTickets, next, queues } = setUp();
  await submitWithoutTickets(7);
  await submitWithoutTickets(2, { provider: 'qwen' });
  assert.deepEqual(await next(), nothing);
  assert.deepEqual(await next(), { ...nothing, tickets: 9 });
  assert.deepEqual([queues.tickets('kimi'), queues.tickets('qwen')], [7, 2]);
  assert.deepEqual(await next(), nothing);
});

test('counts that change from sweep to sweep are not believed to the last ticket', async () => {
  const { submitWithoutTickets, next, queues } = setUp();
  await submitWithoutTickets(12);
  await next();
  await submitWithoutTickets(1);
  assert.deepEqual(await next(), { ...nothing, tickets: 7 });
  assert.equal(queues.tickets('kimi'), 7);
  assert.deepEqual(await next(), { ...nothing, tickets: 1 });
  assert.deepEqual(await next(), nothing, 'five are missing still, and the counts have changed');
  assert.deepEqual(await next(), { ...nothing, tickets: 5 });
});

test('a ticket is not missing where a running worker uses it', async () => {
  const { submitWithoutTickets, store, queues, next } = setUp();
  const [task] = await submitWithoutTickets(3);
  await queues.sendTickets('kimi', 3);
  await queues.receive('kimi', 'normal', 50_000, 0);
  queues.takeTicket('kimi');
  assert.ok(task);
  await store.claim({ ...task, revision: 0 }, 'kimi', 'w', start, start + 60 * minute);
  for (let sweeps = 0; sweeps < 3; sweeps += 1) assert.deepEqual(await next(), nothing);
});

for (const [leaseMs, sent] of [
  [60 * minute, 2],
  [30_000, 1],
] as const)
  test(`a ticket counts for no other task while its worker runs: ${sent} of three are missing`, async () => {
    const { submitWithoutTickets, store, queues, next } = setUp();
    const [task] = await submitWithoutTickets(4);
    await queues.sendTickets('kimi', 2);
    await queues.receive('kimi', 'normal', 50_000, 0);
    queues.takeTicket('kimi');
    assert.ok(task);
    await store.claim({ ...task, revision: 0 }, 'kimi', 'w', start, start + leaseMs);
    assert.deepEqual(await next(), nothing);
    assert.equal((await next()).tickets, sent);
  });

test('no ticket is missing while the circuit is open, or tickets wait for a time that was booked', async () => {
  const held = setUp({
    breaker: { peek: async () => ({ kind: 'wait', until: 0, reason: 'circuit_open', failover: true }) },
  });
  await held.submitWithoutTickets(9);
  for (let sweeps = 0; sweeps < 3; sweeps += 1)
    assert.deepEqual(await held.next(), { ...nothing, circuitsOpen: 2 });
  const booked = setUp();
  await booked.submitWithoutTickets(9);
  await booked.rates.book('kimi#requests', 3 * minute, start);
  for (let sweeps = 0; sweeps < 3; sweeps += 1)
    assert.equal((await booked.next()).tickets, 0, `sweep ${sweeps}`);
  assert.equal((await booked.next()).tickets, 9);
});

test('tickets that wait under the tokens a minute are not missing', async () => {
  const { submitWithoutTickets, queues, next, tokenAccounts } = setUp();
  await submitWithoutTickets(4);
  await queues.sendTickets('kimi', 4);
  for (let each = 0; each < 4; each += 1) queues.takeTicket('kimi');
  const account = { ...emptyAccount(start + 10 * minute, 1_000) };
  await tokenAccounts.change('kimi', () => ({ account, value: undefined }));
  for (let sweeps = 0; sweeps < 3; sweeps += 1) assert.deepEqual(await next(), nothing);
});

test('a task without a message gets one, when two sweeps found it lost', async () => {
  const { submit, next, queues } = setUp();
  await submit(1);
  assert.deepEqual(await next(), nothing);
  assert.deepEqual(await next(), { ...nothing, messages: 1 });
  assert.equal(queues.taskMessages('kimi').length, 1);
  assert.equal(queues.tickets('kimi'), 1);
  assert.deepEqual(await next(), nothing);
});

test('what was repaired is no longer suspected', async () => {
  const { submit, submitWithoutTickets, next, state } = setUp();
  await submit(1);
  await submitWithoutTickets(3, { provider: 'qwen' });
  await next();
  const suspicions = async () => [
    (await state.read('kimi'))?.lostTasks.length,
    (await state.read('qwen'))?.missingTickets,
  ];
  assert.deepEqual(await suspicions(), [1, 3]);
  await next();
  assert.deepEqual(await suspicions(), [0, 0]);
});

test('a task that was handed to a worker of before the host’s start gets a message at once', async () => {
  const { submit, next } = setUp({ hostStartedAt: start + 1, providers: ['kimi'] });
  const leaseUntil = start + 60 * minute;
  await submit(1, { status: 'processing', attempts: 1, unqueued: true, changedAt: start, leaseUntil });
  assert.equal((await next()).messages, 1);
});

test('a task with a week before it is found lost too, however many end before it', async () => {
  const { submit, next, queues } = setUp();
  await queues.enqueue((await submit(1_600)).map((task) => toQueuedTask(task)));
  const [lost] = await submit(1, { deadlineAt: start + 7 * 1_440 * minute });
  assert.ok(lost);
  // Younger ones of its queue were begun long since.
  await submit(1, { createdAt: start + 20 * minute, status: 'processing', leaseUntil: start + 60 * minute });
  let sweeps = 0;
  for (let messages = 0; messages === 0 && sweeps < 40; sweeps += 1) ({ messages } = await next());
  assert.ok(sweeps < 40 && queues.taskMessages('kimi').some(({ taskId }) => taskId === lost.taskId));
});

test('a lost task that is not to be tried yet shows when it may', async () => {
  const { submit, next, queues, clock } = setUp();
  const notBefore = start + 2 * minute + 5_000;
  await submit(1, { status: 'processing', leaseUntil: start - 9 * minute, notBefore } as Partial<Task>);
  await next();
  await next();
  assert.deepEqual(
    queues.taskMessages('kimi').map(({ visibleAt }) => visibleAt - clock.now),
    [],
  );
});

test('what was lost in one sweep and not in the next is left alone', async () => {
  const { submit, next, store } = setUp();
  const [first] = await submit(1);
  await next();
  assert.ok(first);
  await store.cancel(first, start);
  await submit(1, { createdAt: start + minute });
  assert.deepEqual(await next(), nothing);
  assert.deepEqual((await next()).messages, 1);
});

test('tasks that wait for their type are not lost', async () => {
  const { submit, next, waiting, queues } = setUp({
    limitedTypes: ['custom'],
    levels: { [typeLevel('custom')]: 0 },
  });
  const tasks = await submit(2, { type: 'custom' });
  for (const task of tasks) {
    const received = { ...toQueuedTask(task), handle: task.taskId, receiveCount: 1 };
    await waiting.add('custom', { provider: 'kimi', received });
  }
  for (let sweeps = 0; sweeps < 3; sweeps += 1) assert.deepEqual(await next(), nothing);
  assert.equal(queues.taskMessages('kimi').length, 0);
});

test('tasks past their deadline fail, every page of them, of a retired provider too', async () => {
  const { submit, next, store, sweep, clock } = setUp({ retired: ['old'] });
  await submit(230, { deadlineAt: start + minute });
  await submit(1, { deadlineAt: start + minute + 1 });
  await submit(2, { provider: 'old', deadlineAt: start + minute });
  assert.equal((await next()).expired, 232);
  assert.equal(store.all().filter(({ error }) => error?.code === 'timeout').length, 232);
  clock.now += 1;
  assert.equal((await sweep()).expired, 1);
});

test('a task that ended before it could expire is not counted', async () => {
  const { submit, next, store } = setUp();
  await submit(1, { deadlineAt: start + minute });
  store.expire = async () => false;
  assert.equal((await next()).expired, 0);
});

test('what is left of budgets’ charges is settled, and counted', async () => {
  const { sweep } = setUp({ settleCharges: async () => 3 });
  assert.deepEqual(await sweep(), { ...nothing, charges: 3 });
});

test('tasks of a provider that no configuration names any more fail at their deadline', async () => {
  const state = createMemorySweepState();
  await setUp({ providers: ['kimi', 'gone'], state }).sweep();
  const { submit, next } = setUp({ state });
  await submit(2, { provider: 'gone', deadlineAt: start + minute });
  assert.equal((await next()).expired, 2);
});

test('dead-lettered tasks are sent anew or ended', async () => {
  const { submit, queues, next, store } = setUp({}, 1);
  const tasks = await submit(2);
  await queues.enqueue(tasks.map((task) => toQueuedTask(task)));
  for (let each = 0; each < 3; each += 1) await queues.receive('kimi', 'normal', 0, 0);
  assert.equal(queues.deadMessages('kimi'), 2);
  assert.equal((await next()).dead, 2);
  assert.equal(queues.deadMessages('kimi'), 0);
  assert.equal(queues.taskMessages('kimi').length, 2);
  assert.ok(store.all().every(({ status }) => status === 'queued'));
});

/** A lease of some level, and its end. */
async function lease(
  { slotStore }: ReturnType<typeof setUp>,
  holder: string,
  until: number,
  level = 'global',
) {
  await slotStore.change({ holder, from: undefined, to: { levels: [level], from: start, until } });
}

test('slots of workers that died are freed once their lease has ended, whichever limit there is', async () => {
  for (const level of ['global', 'provider_kimi', typeLevel('custom')]) {
    const world = setUp({ levels: { [level]: 5 } });
    await lease(world, 'dead', start + minute - 1, level);
    await lease(world, 'alive', start + minute, level);
    assert.equal((await world.next()).slots, 1);
    const table = await world.slotStore.read();
    assert.deepEqual([[...table.leases.keys()], table.taken(level)], [['alive'], 1]);
  }
});

test('slots of processes of before the host’s start are freed at once', async () => {
  const world = setUp({ levels: { global: 5 }, hostStartedAt: start + 1 });
  await lease(world, 'dead', start + 60 * minute);
  assert.equal((await world.sweep()).slots, 1);
  const same = setUp({ levels: { global: 5 }, hostStartedAt: start });
  await lease(same, 'alive', start + 60 * minute);
  assert.equal((await same.sweep()).slots, 0);
});

test('without limits the table of slots is not read', async () => {
  const { slotStore, next } = setUp();
  slotStore.read = () => assert.fail('it was read');
  assert.deepEqual(await next(), nothing);
});

test('parked tickets are sent when a slot was free for them in two sweeps, as many as are free', async () => {
  const world = setUp({ levels: { global: 3 } });
  const { slotStore, queues, next } = world;
  for (const holder of ['a', 'b', 'c']) await lease(world, holder, start + 60 * minute);
  for (let each = 0; each < 4; each += 1)
    await slotStore.parkTicket(parkingKey('global', 'kimi'), 'global', 3);
  for (let sweeps = 0; sweeps < 2; sweeps += 1) assert.deepEqual(await next(), nothing, 'none is free');
  for (const holder of ['a', 'b'])
    await slotStore.change({ holder, from: (await slotStore.read()).leases.get(holder), to: undefined });
  assert.deepEqual(await next(), nothing);
  assert.deepEqual(await next(), { ...nothing, woken: 2 });
  assert.equal(queues.tickets('kimi'), 2);
  assert.equal(queues.takeTicket('kimi')?.waitedFor, 'slot');
  assert.equal((await slotStore.read()).parkedTickets(parkingKey('global', 'kimi')), 2);
});

test('a parked ticket is sent for the end of a slot that nobody renews, and for none that is renewed', async () => {
  const world = setUp({ levels: { global: 4 } });
  const { slotStore, queues, sweep, clock } = world;
  // As long as one lasts that was renewed in time, and less.
  await lease(world, 'renewed', start + 35_000);
  await lease(world, 'silent', start + 34_999);
  await lease(world, 'dying', start + 10_000);
  await lease(world, 'elsewhere', start + 10_000, 'provider_qwen');
  await lease(world, 'alive', start + minute);
  for (let each = 0; each < 4; each += 1)
    await slotStore.parkTicket(parkingKey('global', 'kimi'), 'global', 4);
  assert.deepEqual(await sweep(), { ...nothing, woken: 2 });
  assert.equal((await slotStore.read()).parkedTickets(parkingKey('global', 'kimi')), 2);
  for (const [after, sent] of [
    [11_999, 0],
    [12_000, 1],
    // SQS delays by whole seconds.
    [36_999, 0],
    [37_000, 1],
    [minute, 0],
  ] as const) {
    clock.now = start + after;
    assert.equal(queues.takeTicket('kimi') === undefined ? 0 : 1, sent, `after ${after} ms`);
  }
});

test('for slots that nobody renews no more parked tickets are sent than are there', async () => {
  const world = setUp({ levels: { global: 2 } });
  for (const holder of ['a', 'b']) await lease(world, holder, start + 10_000);
  await world.slotStore.parkTicket(parkingKey('global', 'kimi'), 'global', 2);
  const { change } = world.slotStore;
  let asked = 0;
  world.slotStore.change = (wanted) => {
    asked += 1;
    return change(wanted);
  };
  assert.equal((await world.sweep()).woken, 1);
  assert.equal(asked, 1);
});

test('no more parked tickets are sent than are there', async () => {
  const world = setUp({ levels: { global: 3 } });
  await lease(world, 'a', start + 60 * minute);
  await world.slotStore.parkTicket(parkingKey('global', 'qwen'), 'global', 1);
  await world.next();
  assert.equal((await world.next()).woken, 1);
  assert.equal(world.queues.tickets('qwen'), 1);
  assert.deepEqual(await world.next(), nothing);
});

test('a parked ticket that another took meanwhile is not sent', async () => {
  const world = setUp({ levels: { global: 3 } });
  await lease(world, 'a', start + 60 * minute);
  await world.slotStore.parkTicket(parkingKey('global', 'kimi'), 'global', 1);
  await world.next();
  const { change } = world.slotStore;
  world.slotStore.change = async (asked) => {
    world.slotStore.change = change;
    await change(asked);
    return { ...(await change(asked)), applied: false };
  };
  assert.deepEqual(await world.next(), nothing);
  assert.equal(world.queues.tickets('kimi'), 0);
});

test('parked tickets are owed, not missing: what waits for a slot needs no other ticket', async () => {
  const world = setUp({ levels: { global: 1 } });
  await lease(world, 'a', start + 60 * minute);
  await world.submitWithoutTickets(5);
  for (let each = 0; each < 5; each += 1)
    await world.slotStore.parkTicket(parkingKey('global', 'kimi'), 'global', 1);
  for (let sweeps = 0; sweeps < 3; sweeps += 1) assert.deepEqual(await world.next(), nothing);
});

const account = (members: Partial<TokenAccount>): TokenAccount => ({
  ...emptyAccount(start, 1_000),
  ...members,
});

test('tickets that wait for their tokens are sent when nobody who would send them is on the way', async () => {
  const { tokenAccounts, next, queues, clock } = setUp({ tokensPerMinute: { kimi: 60_000 } });
  const set = (members: Partial<TokenAccount>) =>
    tokenAccounts.change('kimi', () => ({ account: account(members), value: undefined }));
  await set({ parked: 3, coming: 1, comingAt: start + minute, paceAt: start + minute });
  const { sendTickets } = queues;
  queues.sendTickets = () => assert.fail('who is on the way sends them');
  assert.deepEqual(await next(), nothing);
  queues.sendTickets = sendTickets;
  await set({ parked: 3, coming: 1, comingAt: start, paceAt: clock.now + minute + 9_000 });
  assert.deepEqual(await next(), { ...nothing, woken: 1 });
  assert.equal(queues.tickets('kimi'), 1);
  const left = await tokenAccounts.read('kimi');
  assert.deepEqual([left?.parked, left?.coming, left?.comingAt], [2, 1, clock.now + 7_000]);
  await set({ parked: 0, coming: 0 });
  tokenAccounts.change = () => assert.fail('nothing is parked');
  assert.deepEqual(await next(), nothing);
});

test('a provider without a limit of tokens has no account to look after', async () => {
  const { tokenAccounts, next, queues } = setUp({ tokensPerMinute: { qwen: 60_000 } });
  await tokenAccounts.change('kimi', () => ({ account: account({ parked: 3 }), value: undefined }));
  await next();
  assert.deepEqual(await next(), nothing);
  assert.equal(queues.tickets('kimi'), 0);
});

test('tickets owed by the account of tokens are not missing', async () => {
  const { tokenAccounts, next, submitWithoutTickets } = setUp();
  await submitWithoutTickets(3);
  await tokenAccounts.change('kimi', () => ({ account: account({ parked: 3 }), value: undefined }));
  await next();
  assert.deepEqual(await next(), nothing);
});

test('tasks that wait for their type are woken when it had free slots in two sweeps, the most urgent first', async () => {
  const { submit, waiting, queues, next, slotStore } = setUp({
    limitedTypes: ['custom'],
    levels: { [typeLevel('custom')]: 2 },
  });
  const add = async (priority: Priority) => {
    const [task] = await submit(1, { type: 'custom', priority });
    assert.ok(task);
    await queues.enqueue([toQueuedTask(task)]);
    queues.lose('tickets', 'kimi');
    const received = await queues.receive('kimi', priority, 36_000, 0);
    assert.ok(received);
    await waiting.add('custom', { provider: 'kimi', received });
    return task.taskId;
  };
  await add('low');
  const normal = await add('normal');
  const high = await add('high');
  assert.deepEqual(await next(), { ...nothing, urgentWaitMs: minute });
  assert.deepEqual(await next(), { ...nothing, woken: 2, urgentWaitMs: 2 * minute });
  const shown = queues.taskMessages('kimi').filter(({ visibleAt }) => visibleAt <= start + 2 * minute);
  assert.deepEqual(shown.map(({ taskId }) => taskId).sort(), [normal, high].sort());
  assert.equal(queues.tickets('kimi'), 2);
  assert.equal(waiting.count('custom'), 1);
  const busy = { levels: [typeLevel('custom')], from: start, until: start + 600 * minute };
  for (const holder of ['a', 'b']) await slotStore.change({ holder, from: undefined, to: busy });
  assert.deepEqual((await next()).woken, 0, 'no slot is free');
});

test('a waiting task whose message is gone is waited for no more', async () => {
  const { waiting, next, errors, queues } = setUp({
    limitedTypes: ['custom'],
    levels: { [typeLevel('custom')]: 2 },
  });
  const received = { ...toQueuedTask(makeTask({ type: 'custom' })), handle: 'gone', receiveCount: 1 };
  await waiting.add('custom', { provider: 'kimi', received });
  await next();
  await next();
  assert.deepEqual(errors, []);
  assert.equal(waiting.count('custom'), 0);
  await next();
  assert.equal(queues.tickets('kimi'), 1, 'a ticket that finds nothing is harmless, but one is enough');
});

test('one provider’s error does not stop the others’ repair, and rings with what was repaired', async () => {
  const { submit, next, queues, errors } = setUp();
  await submit(1, { provider: 'qwen' });
  const { count } = queues;
  queues.count = (provider) =>
    provider === 'kimi' ? Promise.reject(new Error('throttled')) : count(provider);
  await assert.rejects(next(), SweepFailed);
  const failed = await next().catch((error: unknown) => error);
  assert.ok(failed instanceof SweepFailed);
  assert.deepEqual(failed.report, { ...nothing, messages: 1 });
  assert.deepEqual([failed.name, failed.message], ['SweepFailed', '1 part(s) of the sweep failed']);
  assert.match(String(failed.errors), /throttled/);
  assert.equal(errors.length, 2);
  assert.equal(queues.taskMessages('qwen').length, 1);
});

test('slots that cannot be read do not stop the providers’ repair', async () => {
  const { submit, next, slotStore, store } = setUp({ levels: { global: 1 } });
  await submit(1, { deadlineAt: start });
  slotStore.read = () => Promise.reject(new Error('throttled'));
  const failed = await next().catch((error: unknown) => error);
  assert.ok(failed instanceof SweepFailed);
  assert.equal(failed.report.expired, 1);
  assert.equal(store.all()[0]?.status, 'failed');
});

test('the gauges are set from what the queues hold', async () => {
  const { submit, queues, next, state } = setUp();
  const gauges: unknown[] = [];
  state.setGauges = async (...args) => void gauges.push(args);
  await queues.enqueue((await submit(3)).map((task) => toQueuedTask(task)));
  await queues.enqueue(
    (await submit(2, { priority: 'high' })).map((task) => ({ ...toQueuedTask(task), delayMs: 90_000 })),
  );
  await queues.enqueue((await submit(4, { priority: 'low' })).map((task) => toQueuedTask(task)));
  for (const priority of ['normal', 'low'] as const)
    await queues.enqueue(
      (await submit(1, { priority })).map((task) => ({ ...toQueuedTask(task), delayMs: 90_000 })),
    );
  await queues.receive('kimi', 'normal', 9_000, 0);
  await queues.receive('kimi', 'low', 9_000, 0);
  await next();
  const of = (provider: string) => gauges.find((args) => Array.isArray(args) && args[0] === provider);
  assert.deepEqual(of('kimi'), ['kimi', { high: 2, normal: 3, low: 4 }, 2, start + minute]);
  assert.deepEqual(of('qwen'), ['qwen', { high: 0, normal: 0, low: 0 }, 0, start + minute]);
});

test('tasks of a batch that was never accepted are cancelled, and not run', async () => {
  const asked: string[] = [];
  const batches = {
    hasTask: async ({ batchId, taskId }: { batchId: string; taskId: string }) => {
      asked.push(taskId);
      return batchId === 'batch_accepted';
    },
  };
  const { submit, next, queues, store } = setUp({ batches });
  const [kept] = await submit(1, { batchId: 'batch_accepted', batchIndex: 0 });
  const [stray] = await submit(1, { batchId: 'batch_died', batchIndex: 1 });
  const [begun] = await submit(1, { batchId: 'batch_died', batchIndex: 2, version: 2 });
  const [single] = await submit(1);
  assert.ok(kept && stray && begun && single);
  assert.deepEqual(await next(), nothing, 'its submission may still be at work');
  assert.deepEqual(await next(), { ...nothing, messages: 3, unaccepted: 1 });
  assert.deepEqual(
    queues
      .taskMessages('kimi')
      .map(({ taskId }) => taskId)
      .toSorted(),
    [kept.taskId, begun.taskId, single.taskId].toSorted(),
  );
  assert.equal((await store.get(stray))?.status, 'cancelled');
  assert.deepEqual(
    asked.toSorted(),
    [kept.taskId, stray.taskId].toSorted(),
    'one task is no batch, and what was begun was accepted',
  );
});

test('the wait of the oldest urgent task is told, of the provider where it is the longest', async () => {
  const { submit, sweep, clock } = setUp();
  const at = (minutes: number) => clock.now - minutes * minute;
  await submit(1, { priority: 'high', createdAt: at(3) });
  await submit(1, { priority: 'high', createdAt: at(12), provider: 'qwen' });
  await submit(1, { priority: 'normal', createdAt: at(50) });
  // A long call under way, and one that has just failed and is to be repeated.
  const running = { status: 'processing', startedAt: at(40), leaseUntil: clock.now + minute } as const;
  await submit(1, { priority: 'high', createdAt: at(40), ...running });
  const repeated = { createdAt: at(40), startedAt: at(40), changedAt: at(1) };
  await submit(1, { priority: 'high', ...repeated });
  assert.equal((await sweep()).urgentWaitMs, 12 * minute);
});

test('open batches are reconciled with their tasks, and where that fails the rest is swept all the same', async () => {
  const key = { tenant: 'default', batchId: 'batch_1' };
  const ended = makeTask({ status: 'failed', batchId: 'batch_1', batchIndex: 3 });
  const openBatches: OpenBatches = {
    listDue: async () => [key],
    audit: async () => ({ createdAt: start, ended: [ended] }),
    lookAgain: async () => undefined,
  };
  const added: unknown[] = [];
  const batchProgress: BatchProgress = { add: async (count) => void added.push(count) };
  const { sweep } = setUp({ openBatches, batchProgress });
  assert.deepEqual(await sweep(), { ...nothing, counts: 1 });
  const tasks = [{ taskId: ended.taskId, place: 3, status: 'failed' }];
  assert.deepEqual(added, [{ ...key, tasks, changedAt: start }]);

  const broken = { ...openBatches, audit: () => Promise.reject(new Error('throttled')) };
  const { sweep: sweepOn, submit, clock } = setUp({ openBatches: broken, batchProgress });
  await submit(1, { deadlineAt: start });
  clock.now += 1;
  await assert.rejects(sweepOn(), (error) => error instanceof SweepFailed && error.report.expired === 1);
});

/** How often a provider was looked at in whole: its messages are counted then. */
function countLooks({ queues }: Pick<ReturnType<typeof setUp>, 'queues'>): () => number {
  let looks = 0;
  const { count } = queues;
  queues.count = (provider) => {
    looks += 1;
    return count(provider);
  };
  return () => looks;
}

test('a provider without open tasks is looked at in whole every tenth time, and at once when one comes', async () => {
  const world = setUp({ providers: ['kimi'] });
  const looks = countLooks(world);
  const looksOf = async (sweeps: number) => {
    const before = looks();
    for (let each = 0; each < sweeps; each += 1) {
      await world.sweep();
      world.clock.now += minute;
    }
    return looks() - before;
  };
  assert.deepEqual([await looksOf(1), await looksOf(9), await looksOf(1), await looksOf(9)], [1, 0, 1, 0]);
  await looksOf(1);
  await world.submit(1);
  assert.equal(await looksOf(2), 2);
});

test('while messages cannot be read that were put aside, each sweep looks', async () => {
  let isIll = true;
  const world = setUp({ providers: ['kimi'], hasUnreadable: () => isIll });
  const looks = countLooks(world);
  for (let each = 0; each < 3; each += 1) await world.next();
  assert.equal(looks(), 3);
  isIll = false;
  for (let each = 0; each < 3; each += 1) await world.next();
  assert.equal(looks(), 4);
});

test('a whole look that found something is followed by another, and an open circuit is told of in any', async () => {
  const world = setUp({ providers: ['kimi'] });
  const [task] = await world.submit(1);
  assert.ok(task);
  await world.queues.enqueue([toQueuedTask(task)]);
  await world.next();
  await world.store.cancel(task, world.clock.now);
  const looks = countLooks(world);
  await world.sweep();
  await world.sweep();
  assert.equal(looks(), 2, 'its message and ticket are still there');
  const idle = setUp({ providers: ['kimi'] });
  await idle.sweep();
  await idle.breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), idle.clock.now);
  assert.equal((await idle.sweep()).circuitsOpen, 1);
});
