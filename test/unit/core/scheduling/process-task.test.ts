import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptReport } from '../../../../core/attempts/attempt.ts';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { messageVisibilityMs, rowLeaseMs } from '../../../../core/scheduling/hold-times.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import { reprioritizeTask } from '../../../../core/tasks/reprioritize-task.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';
import { start } from '../../../make-task.ts';

type World = ReturnType<typeof startWorld>;

const reasons = { cost_usd: 0, wait_ms: 0, latency_ms: 0, quality: 1 };
/** A task that may go from `kimi` to these providers, in this order. */
const mayGoTo = (...providers: string[]): Partial<Task> => ({
  routing: {
    strategy: 'balanced',
    pinned: false,
    ranking: ['kimi', ...providers].map((provider) => ({ provider, model: 'm', score: 1, reasons })),
    excluded: [],
  },
});

async function openCircuit({ breaker, clock }: World): Promise<void> {
  await breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), clock());
}

const most = (world: World) => Math.max(...world.queues.receiveCounts());
const status = async ({ store }: World, task: Task | undefined) => task && (await store.get(task))?.status;

/** Advances by seconds and sweeps at each full minute. */
async function sweepFor(world: World, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) {
    await world.advance(1_000, 500);
    if (((world.clock() - start) / 1_000) % 60 === 0) await world.sweep();
  }
}

test('every task runs once, and no ticket and no message is left', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 } });
  await world.submit(10);
  assert.ok(await world.drain(4_500), 'ten tasks of a second, three at once');
  assert.equal(world.calls.length, 10);
  assert.equal(world.mostAtOnce('all'), 3);
  await world.advance(10_000);
  assert.deepEqual(world.queues.taskMessages('kimi'), []);
  assert.equal(world.queues.tickets('kimi'), 0);
  assert.equal(most(world), 1);
  assert.deepEqual(world.errors, []);
});

test('the most urgent goes first, decided when a slot is free', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  for (const priority of ['low', 'normal', 'high'] as const) await world.submit(2, { priority });
  await world.drain(10_000);
  const order = world.calls.map(({ task }) => task.priority);
  assert.deepEqual(order, ['high', 'high', 'normal', 'normal', 'low', 'low']);
});

test('a limit of the service holds over providers, and whoever frees a slot goes on', async (t) => {
  const world = startWorld(t, { providers: { kimi: 4, qwen: 4 }, globalLimit: 3 });
  await world.submit(12, { provider: 'kimi' });
  await world.submit(12, { provider: 'qwen' });
  assert.ok(await world.drain(8_500), 'no slot idles: 24 s of work in 8 s');
  assert.equal(world.mostAtOnce('all'), 3);
  assert.equal(world.calls.length, 24);
});

test('a service limit below the sum of the providers’ costs at most four requests for slots a started task', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10, qwen: 10 }, globalLimit: 5 });
  await world.submit(100, { provider: 'kimi' });
  await world.submit(100, { provider: 'qwen' });
  assert.ok(await world.drain(45_000));
  const asked = [...world.requests].filter(([name]) => name.startsWith('slotStore.'));
  const sum = asked.reduce((total, [, count]) => total + count, 0);
  assert.ok(sum / 200 <= 4, `${sum / 200} a task`);
});

test('the limit of one provider holds where the semaphore holds it, a limit of one too', async (t) => {
  const world = startWorld(t, { providers: { kimi: 4 }, providerLimits: { kimi: 1 } });
  await world.submit(6);
  assert.ok(await world.drain(6_500));
  assert.equal(world.mostAtOnce('provider kimi'), 1);
});

test('a type’s limit holds, its tasks wait without asking, and others use the slots beside them', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, typeLimits: { custom: 2 } });
  await world.submit(20, { type: 'custom' });
  await world.submit(20, { type: 'translation' });
  await world.advance(3_500);
  assert.equal(world.calls.filter(({ task }) => task.type === 'translation').length, 20);
  assert.ok(await world.drain(7_000));
  assert.equal(world.mostAtOnce('type custom'), 2);
  assert.equal(most(world), 1, 'no message is received again because it waits');
});

test('of tasks that wait for their type the most urgent goes first, and what is urgent of another type before them', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, typeLimits: { custom: 1 } });
  await world.submit(3, { type: 'custom', priority: 'low' });
  await world.submit(1, { type: 'custom', priority: 'normal' });
  await world.advance(1_500);
  await world.submit(1, { type: 'translation', priority: 'high' });
  await world.drain(10_000);
  const order = world.calls.map(({ task }) => task.priority);
  assert.deepEqual(order.slice(0, 3), ['normal', 'low', 'high']);
});

test('what is urgent of the same type takes the slot, and wakes nobody for nothing', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 }, typeLimits: { custom: 1 } });
  await world.submit(4, { type: 'custom', priority: 'low' });
  await world.advance(500);
  const [urgent] = await world.submit(1, { type: 'custom', priority: 'high' });
  await world.drain(10_000);
  assert.equal(world.calls[1]?.task.taskId, urgent?.taskId);
  assert.equal(most(world), 1);
});

// Two executions are busy with the first two tasks, the third waits for its type, and the fourth is in the queue.
for (const [what, third, fourth, order] of [
  ['urgent of another type', { priority: 'low' }, { type: 'summary' }, 'fourth'],
  ['urgent of the same type', { priority: 'low' }, { type: 'custom' }, 'fourth'],
  ['as urgent', { priority: 'high' }, { type: 'summary' }, 'third'],
] as const)
  test(`a slot of a type goes to the task that waits for it, or to one that is in its queue: ${what}`, async (t) => {
    const world = startWorld(t, {
      providers: { kimi: 2 },
      typeLimits: { custom: 1 },
      callMs: (task) => (task.type === 'translation' ? 9_000 : 2_000),
    });
    await world.submit(1, { type: 'custom', priority: 'high' });
    await world.advance(250);
    const [waits] = await world.submit(1, { type: 'custom', ...third });
    await world.advance(250);
    await world.submit(1, { type: 'translation', priority: 'low' });
    await world.advance(250);
    const [urgent] = await world.submit(1, { priority: 'high', ...fourth });
    await world.advance(2_000);
    assert.ok(waits && urgent);
    const [, , next] = world.calls;
    assert.equal(next?.task.taskId, (order === 'third' ? waits : urgent).taskId);
    const hidden = world.queues.taskMessages('kimi').find(({ taskId }) => taskId === next?.task.taskId);
    assert.ok(hidden && hidden.visibleAt - world.clock() <= 50_000, 'a lost worker’s shows again');
    const isKept = [...(await world.slotStore.read()).leases]
      .filter(([, { levels }]) => levels.includes('type_custom'))
      .map(([holder]) => holder.startsWith('for-'));
    assert.deepEqual(isKept, [what === 'urgent of another type'], 'for the task that waits');
    assert.ok(await world.drain(20_000));
    assert.equal(world.calls.length, 4);
    assert.equal(world.mostAtOnce('type custom'), 1);
    assert.equal(world.queues.receivesOf(urgent.taskId), 1);
    const [record] = (await world.store.get(urgent))?.timeline ?? [];
    if (order === 'fourth') assert.equal(record?.waitedFor, 'slot');
    await world.advance(5_000);
    assert.deepEqual([...(await world.slotStore.read()).leases], []);
    assert.deepEqual(world.queues.taskMessages('kimi'), []);
    assert.deepEqual(world.errors, []);
  });

test('a task that waits for its type, or that is not to be tried yet, uses its ticket up', async (t) => {
  const receives = ({ requests }: World) => requests.get('queues.receive');
  const full = startWorld(t, { providers: { kimi: 2 }, typeLimits: { custom: 1 }, callMs: 20_000 });
  await full.submit(2, { type: 'custom', priority: 'high' });
  await full.advance(500);
  assert.equal(receives(full), 2);
  t.mock.timers.reset();
  const early = startWorld(t, { providers: { kimi: 1 } });
  await early.submit(1, { priority: 'high', notBefore: early.clock() + 9_000 });
  await early.advance(500);
  assert.equal(receives(early), 1);
});

test('a task that is not called gives back its lead among equal tasks', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  const [task] = await world.submit(1, { cacheKey: 'k' });
  assert.ok(task);
  await world.store.cancel(task, world.clock());
  await world.advance(500);
  assert.equal((await world.cache.join('k', 'other', world.clock(), world.clock() + 1)).kind, 'leader');
});

test('a task that waited for its type says so in its record', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 }, typeLimits: { custom: 1 } });
  await world.submit(2, { type: 'custom' });
  assert.ok(await world.drain(5_000));
  const waited = world.store.all().map(({ timeline }) => timeline[0]?.waitedFor ?? null);
  assert.deepEqual(waited, [null, 'type_slot']);
});

test('a worker goes on for ten minutes; then a fresh invocation has the rest', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, typeLimits: { custom: 1 }, callMs: 50_000 });
  await world.submit(20, { type: 'custom' });
  assert.ok(await world.drain(1_010_000, 1_000));
  assert.equal(world.calls.length, 20);
  assert.equal(world.mostAtOnce('type custom'), 1);
});

test('equal tasks make one call, and end with it', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, callMs: 20_000 });
  await world.submit(200, { cacheKey: 'k' });
  assert.ok(await world.drain(21_000));
  assert.equal(world.calls.length, 1);
  assert.equal(most(world), 1);
  const [call] = world.calls;
  assert.ok(world.store.all().every(({ result }) => result?.content === call?.task.taskId));
  await world.advance(1_000);
  assert.deepEqual(world.queues.taskMessages('kimi'), []);
});

test('the next of equal tasks calls when the first failed for good', async (t) => {
  const error = { code: 'provider_error', message: 'no', provider: 'kimi', retryable: false } as const;
  const outcome = { kind: 'failed', error } as const;
  let calls = 0;
  const answer = (): Partial<AttemptReport> => {
    calls += 1;
    return calls === 1 ? { outcome } : {};
  };
  const world = startWorld(t, { providers: { kimi: 3 }, answer });
  await world.submit(3, { cacheKey: 'k' });
  assert.ok(await world.drain(10_000));
  assert.equal(world.calls.length, 2);
  assert.deepEqual(
    world.store
      .all()
      .map((task) => task.status)
      .sort(),
    ['completed', 'completed', 'failed'],
  );
});

/** A mix of small and large tasks, the same at each run. */
function mixed(small: number, middle: number, large: number): number[] {
  const sizes = [...Array(small).fill(500), ...Array(middle).fill(2_000), ...Array(large).fill(8_000)];
  return sizes
    .map((size: number, place) => ({ size, order: (place * 7_919) % sizes.length }))
    .sort((one, other) => one.order - other.order)
    .map(({ size }) => size);
}

for (const skewMs of [0, 2_000])
  test(`tokens: no minute holds more than the limit, it is used, and no task starves or polls, clocks ${skewMs} ms off`, async (t) => {
    const world = startWorld(t, {
      providers: { kimi: 50 },
      tokensPerMinute: 60_000,
      callMs: 2_000,
      skew: (execution) => ((execution % 5) - 2) * (skewMs / 2),
    });
    const sizes = mixed(240, 45, 15);
    for (const estimatedTokens of sizes) await world.submit(1, { estimatedTokens });
    assert.ok(await world.drain(480_000));
    assert.ok(world.mostInAMinute('kimi', ({ tokens }) => tokens) <= 60_000);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const lastMs = (world.calls.at(-1)?.startedAt ?? 0) - start;
    assert.ok((total / lastMs) * 60_000 >= 51_000, `${Math.round((total / lastMs) * 60_000)} a minute`);
    assert.ok(most(world) <= 3, `received ${most(world)} times`);
    const invocations = world.requests.get('breaker.check') ?? 0;
    assert.ok(invocations / sizes.length <= 2.5, `${invocations / sizes.length} a task`);
  });

test('tokens of answers that satisfied no schema count as they were used', async (t) => {
  const error = { code: 'invalid_output', message: 'no', provider: 'kimi', retryable: false } as const;
  const world = startWorld(t, {
    providers: { kimi: 50 },
    tokensPerMinute: 20_000,
    answer: () => ({ outcome: { kind: 'failed', error } }),
  });
  await world.submit(60, { estimatedTokens: 1_000 });
  assert.ok(await world.drain(300_000));
  assert.equal(world.calls.length, 60);
  assert.ok(world.mostInAMinute('kimi', ({ tokens }) => tokens) <= 20_000);
});

test('what was charged and not used lets others start', async (t) => {
  const usage = { promptTokens: 100, completionTokens: 0 };
  const world = startWorld(t, {
    providers: { kimi: 50 },
    tokensPerMinute: 20_000,
    answer: () => ({ usage }),
  });
  await world.submit(40, { estimatedTokens: 4_000 });
  assert.ok(await world.drain(270_000, 500), 'as charged it would take more than eight minutes');
});

test('an urgent large task is not overtaken by small ones at the token limit', async (t) => {
  const world = startWorld(t, { providers: { kimi: 50 }, tokensPerMinute: 60_000, callMs: 2_000 });
  await world.submit(300, { estimatedTokens: 500, priority: 'low' });
  await world.advance(100_000);
  const submittedAt = world.clock();
  const [urgent] = await world.submit(1, { estimatedTokens: 8_000, priority: 'high' });
  await world.advance(15_000);
  const call = world.calls.find(({ task }) => task.taskId === urgent?.taskId);
  assert.ok(call, 'it started');
  assert.ok(call.startedAt - submittedAt <= 12_000, `after ${call.startedAt - submittedAt} ms`);
});

test('requests a minute: no minute holds more than the limit, and nearly all of it is used', async (t) => {
  const world = startWorld(t, { providers: { kimi: 20 }, requestsPerMinute: 60, callMs: 500 });
  await world.submit(240);
  assert.ok(await world.drain(253_000, 500), 'four minutes at 95 % of the limit');
  assert.ok(world.mostInAMinute('kimi', () => 1) <= 60);
  assert.ok(most(world) === 1);
});

test('a task that makes no call uses no start: equal cached tasks leave the requests to others', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10 }, requestsPerMinute: 60, callMs: 100 });
  await world.submit(1, { cacheKey: 'k' });
  await world.advance(5_000);
  await world.submit(100, { cacheKey: 'k' });
  await world.submit(100);
  assert.ok(await world.drain(120_000));
  assert.equal(world.calls.length, 101);
  const real = world.calls.filter(({ task }) => task.cacheKey === null);
  assert.ok((real.at(-1)?.startedAt ?? 0) - start <= 110_000, 'at 95 % of the limit');
});

test('a worker that goes on where starts are limited uses up the tickets that it takes', async (t) => {
  const error = { code: 'provider_error', message: 'm', provider: 'kimi', retryable: true } as const;
  const retry = { outcome: { kind: 'retry', error, delayMs: 3_000 } } as const;
  const world = startWorld(t, {
    providers: { kimi: 1 },
    requestsPerMinute: 6_000,
    answer: (task, call) => (task.priority === 'low' && call === 1 ? retry : {}),
  });
  await world.submit(4, { priority: 'normal' });
  await world.submit(1, { priority: 'low' });
  await world.advance(5_500);
  assert.equal(world.calls.length, 5);
  assert.equal(world.queues.tickets('kimi'), 1, 'of the task that is to be tried again');
  assert.ok(await world.drain(5_000));
  await world.advance(1_000);
  assert.equal(world.queues.tickets('kimi'), 0);
  assert.equal(world.running(), 0);
  assert.ok((world.requests.get('queues.receiveTicket') ?? 0) >= 4);
  assert.deepEqual(world.errors, []);
});

for (const limit of [{ globalLimit: 1 }, {}])
  test(`a worker that goes on ${limit.globalLimit ? 'with its slots ' : ''}leaves what is left after ten minutes to a fresh invocation`, async (t) => {
    const world = startWorld(t, {
      providers: { kimi: limit.globalLimit ? 2 : 1 },
      callMs: 50_000,
      ...limit,
    });
    await world.submit(20);
    assert.ok(await world.drain(1_010_000, 5_000));
    assert.equal(world.calls.length, 20, 'no call is cut off by the end of its invocation');
    assert.deepEqual(world.errors, []);
  });

test('a worker that goes on and finds nothing drops no ticket', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  await world.submit(2);
  assert.ok(await world.drain(5_000));
  await world.advance(1_000);
  assert.equal(world.requests.get('queues.dropTickets'), undefined);
});

for (const [count, invocations] of [
  [20, 4],
  [8, 8],
] as const)
  test(`of ${count} tasks in four slots the first ones’ workers ${count > 8 ? 'go on: there was no room' : 'end'}`, async (t) => {
    const world = startWorld(t, { providers: { kimi: 4 }, callMs: 1_000 });
    await world.submit(count);
    assert.ok(await world.drain(20_000, 500));
    await world.advance(2_000);
    assert.equal(world.calls.length, count);
    assert.equal(world.queues.tickets('kimi'), 0);
    assert.equal(world.requests.get('invocation'), invocations);
  });

test('a worker that dies with a ticket that it took leaves it to show a minute later', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, requestsPerMinute: 6_000, callMs: 3_000 });
  await world.submit(3);
  await world.advance(7_000);
  assert.deepEqual([world.calls.length, world.requests.get('queues.receiveTicket')], [3, 1]);
  assert.equal(world.crash(), 1);
  assert.ok(await world.drain(75_000, 1_000));
});

test('the message of a worker that dies shows again when the lease of its row has ended, and no sooner', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 3_000 });
  await world.submit(20);
  await world.advance(4_000);
  const call = world.calls[1];
  assert.ok(call && world.calls.length === 2, 'the second task was received from its queue');
  assert.equal(world.crash(), 1);
  world.queues.lose('tickets', 'kimi');
  const shownAt = async (time: number) => {
    await world.advance(time - world.clock(), 500);
    const shown: string[] = [];
    for (;;) {
      const received = await world.queues.receive('kimi', 'normal', 3_600, 0);
      if (!received) return shown.includes(call.task.taskId);
      shown.push(received.message.taskId);
    }
  };
  assert.equal(await shownAt(call.startedAt + rowLeaseMs), false);
  assert.equal(await shownAt(call.startedAt + messageVisibilityMs), true);
});

test('a circuit that was closed a moment ago is looked at beside the claim', async (t) => {
  const slow = ['breaker.check', 'store.claim'];
  const world = startWorld(t, {
    providers: { kimi: 1 },
    fault: (operation) => (slow.includes(operation) ? 400 : 'none'),
  });
  await world.submit(1);
  assert.ok(await world.drain(5_000));
  const submittedAt = world.clock();
  await world.submit(1);
  assert.ok(await world.drain(5_000));
  assert.ok((world.calls[1]?.startedAt ?? 0) - submittedAt <= 500);
});

test('starts under the tokens a minute are spread, though their tickets come early', async (t) => {
  const world = startWorld(t, { providers: { kimi: 4 }, tokensPerMinute: 65_000 });
  await world.submit(4, { estimatedTokens: 1_000 });
  assert.ok(await world.drain(20_000));
  const starts = world.calls.map(({ startedAt }) => startedAt);
  for (const [place, at] of starts.slice(1).entries()) assert.ok(at - (starts[place] ?? 0) >= 1_000);
});

test('a ticket that met twenty stale messages comes again before it takes another', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  for (const task of await world.submit(20, { priority: 'high' }))
    await world.store.cancel(task, world.clock());
  world.queues.lose('tickets', 'kimi');
  await world.submit(1);
  assert.ok(await world.drain(5_000));
  assert.equal(world.requests.get('queues.setTicketVisibility'), 1);
});

test('stale messages use no start, and a ticket that met twenty of them comes again', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, requestsPerMinute: 60 });
  const stale = await world.submit(45, { priority: 'high' });
  for (const task of stale) await world.store.cancel(task, world.clock());
  world.queues.lose('tickets', 'kimi');
  await world.submit(1);
  assert.ok(await world.drain(10_000), 'one ticket finds the task behind them all');
  assert.equal(world.calls.length, 1);
  await world.advance(5_000);
  assert.equal(world.queues.tickets('kimi'), 0);
});

test('a stale message of a limited type keeps no slot, and leaks none', async (t) => {
  const world = startWorld(t, { providers: { kimi: 4 }, typeLimits: { custom: 2 } });
  const tasks = await world.submit(12, { type: 'custom' });
  for (const task of tasks.filter((_, place) => place % 2 === 0))
    await world.store.cancel(task, world.clock());
  assert.ok(await world.drain(10_000));
  await world.advance(10_000);
  const table = await world.slotStore.read();
  assert.deepEqual([...table.leases], []);
  assert.equal(table.taken('type_custom'), 0);
  assert.equal(world.calls.length, 6);
});

test('a task of one limited type that was dealt with leaves its slot to those that wait for it', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 2 },
    typeLimits: { custom: 1, summary: 1 },
    callMs: 30_000,
  });
  const [stale] = await world.submit(1, { type: 'custom', priority: 'high' });
  assert.ok(stale);
  await world.store.cancel(stale, world.clock());
  await world.submit(1, { type: 'summary' });
  await world.submit(1, { type: 'custom', priority: 'low' });
  await world.advance(2_000);
  assert.deepEqual(world.calls.map(({ task }) => task.type).sort(), ['custom', 'summary']);
});

test('a task whose time is over before it starts fails, and makes no call', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 5_000 });
  await world.submit(1);
  const [late] = await world.submit(1, { deadlineAt: start + 3_000 });
  assert.ok(await world.drain(10_000));
  assert.equal(world.calls.length, 1);
  assert.equal(late && (await world.store.get(late))?.error?.code, 'timeout');
  assert.deepEqual(world.queues.taskMessages('kimi'), []);
});

test('a task that waits for its type ends by its deadline', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, typeLimits: { custom: 1 }, callMs: 200_000 });
  await world.submit(1, { type: 'custom' });
  const [waits] = await world.submit(1, { type: 'custom', deadlineAt: start + 100_000 });
  await sweepFor(world, 121);
  assert.equal(await status(world, waits), 'failed');
});

test('a running task is stopped by its deadline, its cancel and the end of its invocation', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 }, callMs: 100_000, invocationMs: 50_000 });
  const [late] = await world.submit(1, { deadlineAt: start + 20_000 });
  const [cancelled] = await world.submit(1);
  const config = { maxRetries: 0, failover: true, strategy: 'balanced' } as const;
  const [long] = await world.submit(1, { config });
  await world.advance(10_000);
  assert.ok(cancelled);
  await world.store.cancel(cancelled, world.clock());
  await world.advance(5_000);
  assert.equal(world.running(), 2, 'the cancelled one was noticed within five seconds');
  await world.advance(6_000);
  assert.equal(await status(world, late), 'failed');
  assert.equal(world.running(), 1);
  await world.advance(20_000);
  assert.equal(await status(world, long), 'failed', 'ten seconds before its invocation ends');
  assert.equal(world.running(), 0);
});

test('a worker that cannot renew stops before its lease ends: no task ever runs twice at once', async (t) => {
  let isDown = false;
  const world = startWorld(t, {
    providers: { kimi: 2 },
    globalLimit: 1,
    callMs: 120_000,
    fault: (operation) => (isDown && /renewLease|store\.look|slotStore/.test(operation) ? 'before' : 'none'),
  });
  await world.submit(1);
  await world.advance(1_000);
  isDown = true;
  await world.advance(44_000);
  assert.notEqual(world.calls[0]?.endedAt, undefined, 'stopped within the lease');
  isDown = false;
  await world.advance(120_000);
  assert.equal(world.calls.length, 2);
  assert.equal(world.mostAtOnce('all'), 1);
});

test('a worker that dies costs its task a minute', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, callMs: 10_000 });
  await world.submit(1);
  await world.advance(6_000);
  assert.equal(world.crash(), 1);
  assert.ok(await world.drain(60_000));
  assert.equal(world.calls.length, 2);
});

test('a worker that dies at once costs its task some sweeps, also where others are busy', async (t) => {
  const callMs = (task: Task) => (task.type === 'custom' ? 5_000 : 400_000);
  const world = startWorld(t, { providers: { kimi: 3 }, callMs });
  await world.submit(1, { type: 'custom' });
  await world.advance(1_000);
  assert.equal(world.crash(), 1);
  const [long] = await world.submit(1, { type: 'translation' });
  let waitedMs = 0;
  const isOver = () =>
    world.store.all().every(({ status, taskId }) => status === 'completed' || taskId === long?.taskId);
  while (!isOver() && waitedMs < 300_000) {
    await world.advance(10_000, 1_000);
    waitedMs += 10_000;
    if (waitedMs % 60_000 === 0) await world.sweep();
  }
  assert.ok(isOver());
  assert.equal(world.calls.length, 3);
});

test('a worker that goes on takes no tickets, and leaves none that would start another in vain', async (t) => {
  const world = startWorld(t, { providers: { kimi: 4 }, callMs: 1_000 });
  await world.submit(100);
  assert.ok(await world.drain(40_000));
  await world.advance(1_000);
  assert.equal(world.queues.tickets('kimi'), 0);
  assert.equal(world.requests.get('queues.receiveTicket'), undefined);
  const drops = world.requests.get('queues.dropTickets') ?? 0;
  assert.ok(drops <= 20, `${drops} requests for 96 tickets`);
  const deletes = world.requests.get('queues.deleteMany') ?? 0;
  assert.ok(deletes <= 40, `${deletes} requests for 100 messages`);
});

test('the slots of a worker that died are free a minute later, and who waits for them is sent by the sweeper', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 2 },
    globalLimit: 1,
    typeLimits: { custom: 1 },
    callMs: 5_000,
  });
  await world.submit(1, { type: 'custom' });
  await world.advance(1_000);
  assert.equal(world.crash(), 1);
  await sweepFor(world, 190);
  assert.equal(world.calls.length, 2);
  assert.equal(world.store.all()[0]?.status, 'completed');
  const table = await world.slotStore.read();
  assert.deepEqual([table.leases.size, table.taken('global'), table.taken('type_custom')], [0, 0, 0]);
});

test('a task that kills its workers ends after as many as it may be tried', async (t) => {
  const config = { maxRetries: 1, failover: true, strategy: 'balanced' } as const;
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 5_000 });
  const [task] = await world.submit(1, { config });
  for (let seconds = 0; seconds < 600; seconds += 1) {
    await sweepFor(world, 1);
    world.crash();
  }
  assert.equal(world.calls.length, 2);
  assert.equal(task && (await world.store.get(task))?.error?.code, 'retries_exhausted');
});

test('a retry waits for its time, and message and ticket come once', async (t) => {
  const error = { code: 'provider_error', message: 'no', provider: 'kimi', retryable: true } as const;
  const outcome = { kind: 'retry', error, delayMs: 7_000 } as const;
  const world = startWorld(t, {
    providers: { kimi: 2 },
    answer: (_task, call) => (call === 1 ? { outcome } : {}),
  });
  await world.submit(1);
  assert.ok(await world.drain(20_000));
  const [first, second] = world.calls;
  assert.equal((second?.startedAt ?? 0) - (first?.endedAt ?? 0), 7_000);
  await world.advance(5_000);
  assert.equal(world.queues.tickets('kimi'), 0);
});

test('a failover runs at the other provider at once', async (t) => {
  const error = { code: 'provider_error', message: 'no', provider: 'kimi', retryable: true } as const;
  const outcome = { kind: 'failover', error, provider: 'qwen', model: 'q3' } as const;
  const world = startWorld(t, {
    providers: { kimi: 1, qwen: 1 },
    answer: ({ provider }) => (provider === 'kimi' ? { outcome } : {}),
  });
  await world.submit(1);
  assert.ok(await world.drain(3_000));
  assert.deepEqual(
    world.calls.map(({ task }) => task.provider),
    ['kimi', 'qwen'],
  );
  assert.deepEqual([...world.queues.taskMessages('kimi'), ...world.queues.taskMessages('qwen')], []);
});

test('a failover whose message was lost is sent when the old one shows', async (t) => {
  const error = { code: 'provider_error', message: 'no', provider: 'kimi', retryable: true } as const;
  const outcome = { kind: 'failover', error, provider: 'qwen', model: 'q3' } as const;
  let fails = 1;
  const world = startWorld(t, {
    providers: { kimi: 1, qwen: 1 },
    answer: ({ provider }) => (provider === 'kimi' ? { outcome } : {}),
    fault(operation) {
      if (operation !== 'queues.enqueue') return 'none';
      fails -= 1;
      return fails >= 0 ? 'before' : 'none';
    },
  });
  await world.submit(1);
  assert.ok(await world.drain(60_000));
  assert.deepEqual(
    world.calls.map(({ task }) => task.provider),
    ['kimi', 'qwen'],
  );
});

test('an open circuit sends tasks that may go elsewhere there, and makes no call', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2, qwen: 2 } });
  await openCircuit(world);
  await world.submit(4, mayGoTo('qwen'));
  assert.ok(await world.drain(10_000));
  assert.deepEqual(new Set(world.calls.map(({ task }) => task.provider)), new Set(['qwen']));
  assert.ok(world.store.all().every(({ failovers, attempts }) => failovers === 1 && attempts === 1));
  assert.deepEqual(world.queues.taskMessages('kimi'), []);
});

test('a task that may not go elsewhere waits with its ticket until the circuit is to be tried', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  await openCircuit(world);
  const [task] = await world.submit(1);
  await world.advance(55_000);
  assert.equal(world.calls.length, 0);
  assert.ok((world.requests.get('breaker.check') ?? 0) <= 2, 'nobody asks again and again');
  assert.ok(await world.drain(30_000));
  assert.equal(await status(world, task), 'completed');
});

test('a task that waits for its circuit ends by its deadline', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  await openCircuit(world);
  const [task] = await world.submit(1, { deadlineAt: start + 20_000 });
  await world.advance(23_000);
  assert.equal(await status(world, task), 'queued', 'its message shows, and the circuit is open still');
  await sweepFor(world, 40);
  assert.equal(await status(world, task), 'failed');
});

test('a failover goes to no provider that a deployment removed', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1, qwen: 1 } });
  await openCircuit(world);
  await world.submit(1, mayGoTo('removed', 'qwen'));
  assert.ok(await world.drain(10_000));
  assert.deepEqual(
    world.calls.map(({ task }) => task.provider),
    ['qwen'],
  );
});

test('an open circuit takes no running task from its worker, whoever else has a message of it', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2, qwen: 2 }, callMs: 8_000 });
  const [task] = await world.submit(1, mayGoTo('qwen'));
  assert.ok(task);
  await world.advance(1_000);
  await openCircuit(world);
  await world.queues.enqueue([toQueuedTask(task)]);
  assert.ok(await world.drain(10_000));
  assert.equal(world.calls.length, 1);
  assert.deepEqual([await status(world, task), (await world.store.get(task))?.failovers], ['completed', 0]);
});

test('a second message of a running task starts no second call, and is dropped in the end', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, callMs: 30_000 });
  const [task] = await world.submit(1);
  assert.ok(task);
  await world.advance(1_000);
  await world.queues.enqueue([toQueuedTask(task)]);
  assert.ok(await world.drain(40_000));
  await sweepFor(world, 180);
  assert.equal(world.calls.length, 1);
  assert.deepEqual(world.queues.taskMessages('kimi'), []);
});

test('a message that shows again while its task runs is kept: the task is not lost with its worker', async (t) => {
  let isHidden = true;
  const world = startWorld(t, {
    providers: { kimi: 2 },
    callMs: 70_000,
    fault: (operation) => (operation === 'queues.setVisibility' && isHidden ? 'before' : 'none'),
  });
  await world.submit(1);
  await world.advance(51_000);
  await world.queues.sendTickets('kimi', 1);
  await world.advance(1_000);
  assert.equal(most(world), 2, 'another worker met it');
  isHidden = false;
  world.crash();
  assert.ok(await world.drain(180_000, 500));
  assert.equal(world.calls.length, 2);
});

test('slots are renewed for as long as a call lasts', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 }, globalLimit: 1, callMs: 150_000 });
  await world.submit(1);
  await world.advance(70_000);
  await world.submit(1);
  await world.advance(60_000);
  assert.equal(world.calls.length, 1);
  await world.advance(25_000);
  assert.equal(world.calls.length, 2);
  assert.equal(world.mostAtOnce('all'), 1);
});

test('a lower priority takes effect, and the same change again sends nothing', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 2_000 });
  await world.submit(1, { priority: 'high' });
  const [task] = await world.submit(1, { priority: 'high' });
  await world.submit(2, { priority: 'normal' });
  assert.ok(task);
  const ports = { tasks: world.store, queues: world.queues };
  for (let each = 0; each < 3; each += 1)
    await reprioritizeTask(task, { priority: 'low' }, world.clock(), ports);
  assert.equal(world.queues.taskMessages('kimi').filter(({ taskId }) => taskId === task.taskId).length, 2);
  assert.ok(await world.drain(20_000));
  assert.equal(world.calls.length, 4);
  assert.equal(world.calls.at(-1)?.task.taskId, task.taskId);
});

test('a priority goes down and up again, any number of times', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 }, callMs: 2_000 });
  const [first, task] = await world.submit(2, { priority: 'normal' });
  assert.ok(task);
  const ports = { tasks: world.store, queues: world.queues };
  for (const priority of ['low', 'high', 'low', 'high'])
    await reprioritizeTask(task, { priority }, world.clock(), ports);
  assert.ok(await world.drain(20_000));
  assert.deepEqual(
    world.calls.map((call) => call.task.taskId),
    [task.taskId, first?.taskId],
  );
  await world.advance(5_000);
  assert.deepEqual(world.queues.taskMessages('kimi'), []);
});

test('an input that could not be read costs no attempt and a second', async (t) => {
  let fails = 2;
  const world = startWorld(t, {
    providers: { kimi: 1 },
    fault(operation) {
      if (operation !== 'store.readInput') return 'none';
      fails -= 1;
      return fails >= 0 ? 'before' : 'none';
    },
  });
  const config = { maxRetries: 0, failover: true, strategy: 'balanced' } as const;
  const [task] = await world.submit(1, { config });
  assert.ok(await world.drain(5_000));
  assert.equal(await status(world, task), 'completed');
  assert.equal(world.calls.length, 1);
});

test('an answer that was paid for is stored though the table fails for half a minute', async (t) => {
  let isDown = false;
  const world = startWorld(t, {
    providers: { kimi: 1 },
    callMs: 5_000,
    fault: (operation) => (isDown && operation.startsWith('store.') ? 'before' : 'none'),
  });
  const [task] = await world.submit(1);
  await world.advance(1_000);
  isDown = true;
  await world.advance(30_000);
  isDown = false;
  assert.ok(await world.drain(10_000));
  assert.equal(world.calls.length, 1);
  assert.equal(await status(world, task), 'completed');
});

test('a claim whose answer was lost costs its task a lease, and nothing runs twice', async (t) => {
  let loses = 1;
  const world = startWorld(t, {
    providers: { kimi: 2 },
    fault(operation) {
      if (operation !== 'store.claim') return 'none';
      loses -= 1;
      return loses >= 0 ? 'after' : 'none';
    },
  });
  await world.submit(1);
  assert.ok(await world.drain(60_000));
  assert.equal(world.calls.length, 1);
});

test('a claim that is repeated after a lost answer claims once', async (t) => {
  const fault = (operation: string) => (operation === 'store.claim' ? 'twice' : 'none');
  const world = startWorld(t, { providers: { kimi: 2 }, fault });
  await world.submit(3);
  assert.ok(await world.drain(3_000));
  assert.ok(world.store.all().every(({ attempts }) => attempts === 1));
});

test('every lost answer of the table of slots leaves no slot behind a lease later', async (t) => {
  let asked = 0;
  const world = startWorld(t, {
    providers: { kimi: 4 },
    globalLimit: 2,
    typeLimits: { custom: 1 },
    fault(operation) {
      if (operation !== 'slotStore.change') return 'none';
      asked += 1;
      return asked % 5 === 0 ? 'after' : asked % 7 === 0 ? 'twice' : 'none';
    },
  });
  await world.submit(10, { type: 'custom' });
  await world.submit(10);
  for (let minute = 0; minute < 15; minute += 1) await sweepFor(world, 60);
  assert.ok(world.store.all().every((task) => task.status === 'completed'));
  assert.ok(world.mostAtOnce('all') <= 2);
  assert.ok(world.mostAtOnce('type custom') <= 1);
  const table = await world.slotStore.read();
  assert.deepEqual([table.leases.size, table.taken('global'), table.taken('type_custom')], [0, 0, 0]);
});

test('with both limits a task that is refused for its tokens keeps no start under the requests', async (t) => {
  const world = startWorld(t, { providers: { kimi: 9 }, requestsPerMinute: 60, tokensPerMinute: 30_000 });
  await world.submit(60, { estimatedTokens: 500 });
  assert.ok(await world.drain(120_000, 500));
  assert.ok(world.mostInAMinute('kimi', () => 1) <= 60);
  assert.ok(world.mostInAMinute('kimi', ({ tokens }) => tokens) <= 30_000);
});

test('an answer is stored before the worker ends, whatever fails beside it', async (t) => {
  const fault = (operation: string) =>
    operation === 'store.complete' ? 2_000 : operation === 'queues.receiveTicket' ? 'before' : 'none';
  const world = startWorld(t, { providers: { kimi: 1 }, fault });
  const tasks = await world.submit(3);
  assert.ok(await world.drain(400_000));
  assert.equal(world.calls.length, 3, 'no call is made twice');
  for (const task of tasks) assert.equal(await status(world, task), 'completed');
});
