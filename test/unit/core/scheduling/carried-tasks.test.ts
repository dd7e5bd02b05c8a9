import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import type { ProviderState } from '../../../../core/providers/provider-states.ts';
import {
  createNewQueue,
  findMoreUrgent,
  isInTicket,
  receiveCarried,
} from '../../../../core/scheduling/carried-tasks.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import type { TaskQueues } from '../../../../core/scheduling/task-queues.ts';
import type { Ticket } from '../../../../core/scheduling/ticket.ts';
import type { Priority, Task } from '../../../../core/tasks/task.ts';
import { startWorld, type WorldOptions } from '../../../fakes/scheduling/start-world.ts';
import { makeTask, start } from '../../../make-task.ts';
import { makeState } from '../routing/make-provider.ts';

type World = ReturnType<typeof startWorld>;

const carry = (world: World, count: number, members: Partial<Task> = {}) =>
  world.submit(count, { priority: 'normal', ...members }, undefined, true);

const requestsTo = (world: World, port: string) =>
  Object.fromEntries([...world.requests].filter(([name]) => name.startsWith(`${port}.`)));

async function checkNothingIsLeft(world: World): Promise<void> {
  await world.advance(10_000);
  assert.deepEqual(world.queues.taskMessages('kimi'), []);
  assert.equal(world.queues.tickets('kimi'), 0);
}

function statesWith(members: Partial<ProviderState>): Map<string, ProviderState> {
  return new Map([['kimi', makeState('kimi', { countedAt: start, ...members })]]);
}

const rules = { concurrency: { kimi: 2 }, limitedTypes: ['translation'] };
const now = start + 1_000;

function carriedOf(states: Map<string, ProviderState>, ...tasks: Partial<Task>[]): boolean[] {
  const made = tasks.map((members) =>
    makeTask({ provider: 'kimi', type: 'custom', priority: 'normal', ...members }),
  );
  return createNewQueue(states, rules, now)(made).map(({ isCarried = false }) => isCarried);
}

/** How many tasks travel where they do so with none more. */
function roomIn(states: Map<string, ProviderState>): number {
  for (let room = 0; ; room += 1) {
    const carried = carriedOf(states, ...Array.from({ length: room + 1 }, () => ({})));
    if (carried.every((each) => each)) continue;
    assert.ok(!carried.includes(true), 'all of them or none');
    return room;
  }
}

test('tasks travel in their tickets where all have room; what waits and what runs takes it up', () => {
  assert.equal(roomIn(statesWith({})), 4);
  assert.equal(roomIn(statesWith({ processing: 2 })), 2);
  for (const priority of ['high', 'normal', 'low'] satisfies Priority[]) {
    const queued = { high: 0, normal: 0, low: 0, [priority]: 3 };
    assert.equal(roomIn(statesWith({ queued })), 1, priority);
  }
});

test('the tickets of tasks for which there was no room say so, where there are others behind', () => {
  const behind = (count: number, states = statesWith({})) => {
    const tasks = Array.from({ length: count }, () => makeTask({ provider: 'kimi', type: 'custom' }));
    return createNewQueue(states, rules, now)(tasks).map(({ hasOthersBehind = false }) => hasOthersBehind);
  };
  assert.deepEqual(behind(5), [true, true, true, true, true]);
  assert.deepEqual(behind(4), [false, false, false, false]);
  assert.deepEqual(behind(1, statesWith({ queued: { high: 0, normal: 90, low: 0 } })), [false], 'one alone');
});

test('what was done since tasks were counted leaves room, as far as calls last', () => {
  const room = (normal: number, p50: number) =>
    roomIn(statesWith({ queued: { high: 0, normal, low: 0 }, latencyMs: { p50, p95: 9_999 } }));
  assert.equal(room(8, 250), 4, 'eight calls ended');
  assert.equal(room(8, 400), 1, 'five did');
  assert.equal(room(8, 1_000), 0, 'two did');
  assert.equal(room(44, 1), 0, 'no more than forty can have ended');
  assert.equal(room(43, 1), 1);
});

test('what is urgent, of a limited type, or of a provider that holds tickets back never does, and takes up room', () => {
  const urgent = { priority: 'high' } as const;
  const limited = { type: 'translation' };
  assert.deepEqual(carriedOf(statesWith({}), urgent, limited, {}, {}), [false, false, true, true]);
  assert.deepEqual(carriedOf(statesWith({ processing: 1 }), urgent, limited, {}, {}), [
    false,
    false,
    false,
    false,
  ]);
  assert.deepEqual(carriedOf(statesWith({}), { provider: 'qwen' }, { priority: 'low' }), [false, true]);
});

test('a carried task is used as if it had been received; more urgent ones are asked for where it had to wait', async () => {
  const carried = toQueuedTask(makeTask({ priority: 'low' }));
  const ticket = { id: 't', handle: 'h', carried };
  assert.equal(receiveCarried({ ...ticket, carried: undefined }), undefined);
  assert.equal(receiveCarried(ticket)?.receiveCount, 1);
  const received = receiveCarried({ ...ticket, receives: 2 });
  assert.ok(received && isInTicket(received));
  assert.deepEqual([received.message, received.receiveCount], [carried.message, 2]);
  const asked: string[] = [];
  const queues: Pick<TaskQueues, 'receive'> = {
    async receive(provider, priority, hideSeconds, waitSeconds) {
      asked.push(`${provider} ${priority} ${hideSeconds} ${waitSeconds}`);
      return undefined;
    },
  };
  const look = (members: Partial<Ticket>) =>
    findMoreUrgent('kimi', received, { ...ticket, ...members }, queues);
  await look({ waitedMs: 249, receives: 1 });
  await look({});
  assert.deepEqual(asked, []);
  await look({ waitedMs: 250 });
  assert.deepEqual(asked, ['kimi high 50 0', 'kimi normal 50 0']);
  await look({ receives: 2 });
  assert.equal(asked.length, 4, 'its worker died, or left it for later');
});

test('a carried task runs without a message: nothing is received, deleted or sent', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 } });
  await carry(world, 3);
  assert.ok(await world.drain(1_500));
  assert.equal(world.calls.length, 3);
  await checkNothingIsLeft(world);
  assert.deepEqual(requestsTo(world, 'queues'), {});
  assert.deepEqual(world.errors, []);
});

test('carried tasks that had to wait let more urgent ones go first, and no others', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  const [first, second, third] = await carry(world, 3, { priority: 'low' });
  await world.submit(1, { priority: 'low' });
  const [normal] = await world.submit(1, { priority: 'normal' });
  const [high] = await world.submit(1, { priority: 'high' });
  assert.ok(await world.drain(10_000));
  const order = world.calls.map(({ task }) => task.taskId);
  const wanted = [first, high, normal, second, third].map((task) => task?.taskId);
  assert.deepEqual(order.slice(0, 3), wanted.slice(0, 3));
  assert.deepEqual(order.slice(3, 5).sort(), wanted.slice(3).sort(), 'before what was sent later');
  await checkNothingIsLeft(world);
  assert.deepEqual(world.errors, []);
});

test('a carried task that is to be tried again comes again with its ticket', async (t) => {
  const error = { code: 'provider_error', message: 'm', provider: 'kimi', retryable: true } as const;
  const world = startWorld(t, {
    providers: { kimi: 2 },
    answer: (_, call) => (call === 1 ? { outcome: { kind: 'retry', error, delayMs: 3_000 } } : {}),
  });
  await carry(world, 1);
  await world.advance(3_500);
  assert.equal(world.calls.length, 1, 'not before its time');
  assert.ok(await world.drain(4_000));
  assert.equal(world.calls.length, 2);
  assert.equal(requestsTo(world, 'queues')['queues.sendMessage'], undefined);
  await checkNothingIsLeft(world);
});

const limits: [string, Partial<WorldOptions>][] = [
  ['slots of the service', { globalLimit: 1 }],
  ['slots of the provider', { providerLimits: { kimi: 1 } }],
  ['slots of its type', { typeLimits: { custom: 1 } }],
  ['tokens a minute', { tokensPerMinute: 60_000 }],
  ['requests a minute', { requestsPerMinute: 60 }],
];
for (const [what, limit] of limits)
  test(`carried tasks wait for ${what} as others do`, async (t) => {
    const world = startWorld(t, { providers: { kimi: 4 }, ...limit });
    await carry(world, 6, { type: 'custom', estimatedTokens: 500 });
    assert.ok(await world.drain(30_000));
    assert.equal(world.calls.length, 6);
    if (what.startsWith('slots')) assert.equal(world.mostAtOnce('all'), 1);
    await checkNothingIsLeft(world);
    assert.deepEqual(world.errors, []);
  });

test('an open circuit queues a carried task once, however often its ticket comes again', async (t) => {
  const world = startWorld(t, { providers: { kimi: 2 } });
  await world.breaker.recordFailure('kimi', new ProviderFailure('auth', 'The key is wrong'), world.clock());
  await carry(world, 1);
  await world.advance(1_000);
  assert.equal(world.queues.taskMessages('kimi').length, 1);
  assert.equal(world.queues.tickets('kimi'), 1);
  assert.ok(await world.drain(300_000, 1_000));
  assert.equal(world.queues.taskMessages('kimi').length, 0);
  assert.equal(requestsTo(world, 'queues')['queues.sendMessage'], 1);
});

test('equal carried tasks make one call, and those that follow are found by their messages', async (t) => {
  const world = startWorld(t, { providers: { kimi: 4 } });
  await carry(world, 4, { cacheKey: 'equal' });
  await world.advance(500);
  assert.equal(world.queues.taskMessages('kimi').length, 3);
  assert.ok(await world.drain(2_000));
  assert.equal(world.calls.length, 1);
  await checkNothingIsLeft(world);
});

test('a carried task whose answer is kept needs no call, and its ticket looks for no other', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  await carry(world, 1, { cacheKey: 'equal' });
  assert.ok(await world.drain(2_000));
  world.requests.clear();
  await carry(world, 2, { cacheKey: 'equal' });
  assert.ok(await world.drain(1_000));
  assert.equal(world.calls.length, 1);
  assert.deepEqual(requestsTo(world, 'queues'), {});
  await checkNothingIsLeft(world);
});

test('a carried task that was cancelled leaves its ticket to others', async (t) => {
  const world = startWorld(t, { providers: { kimi: 1 } });
  const [first] = await carry(world, 1);
  if (first) await world.store.cancel(first, world.clock());
  await world.submit(1);
  await world.advance(500);
  assert.equal(world.calls.length, 1);
});

test('tickets that are dropped as spare never take a task with them', async (t) => {
  const world = startWorld(t, { providers: { kimi: 0 } });
  await world.queues.sendTickets('kimi', 2);
  await carry(world, 2);
  const carrying = await world.queues.dropTickets('kimi', 4, 50);
  assert.equal(world.queues.tickets('kimi'), 2);
  assert.ok(carrying.every(({ carried }) => carried));
});

async function sweepFor(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.advance(60_000, 1_000);
    await world.sweep();
  }
}

test('a carried task whose worker died, or whose ticket was lost, has a message two sweeps later', async (t) => {
  const world = startWorld(t, {
    providers: { kimi: 2 },
    callMs: (task) => (task.attempts > 1 ? 500 : 4_000),
  });
  const [lost] = await carry(world, 1);
  world.queues.lose('tickets', 'kimi');
  await sweepFor(world, 3);
  assert.equal(lost && (await world.store.get(lost))?.status, 'completed', 'its ticket was lost');
  const [dead] = await carry(world, 1);
  await world.advance(1_000);
  assert.equal(world.crash(), 1);
  await sweepFor(world, 2);
  await world.advance(5_000);
  assert.equal(dead && (await world.store.get(dead))?.status, 'completed', 'its worker died');
});

test('a task without a ticket is not passed by for ever by those that bring their own', async (t) => {
  const world = startWorld(t, { providers: { kimi: 3 } });
  const [old] = await world.submit(1);
  world.queues.lose('tickets', 'kimi');
  for (let second = 1; second <= 240; second += 1) {
    await carry(world, 1);
    await world.advance(1_000, 500);
    if (second % 60 === 0) await world.sweep();
  }
  assert.equal(old && (await world.store.get(old))?.status, 'completed');
  assert.ok(world.clock() >= start);
});
