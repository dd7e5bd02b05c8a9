import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallDecision } from '../../../../core/circuit-breaker/circuit-breaker.ts';
import { createAdmitTask } from '../../../../core/scheduling/admit-task.ts';
import { receiveCarried } from '../../../../core/scheduling/carried-tasks.ts';
import type { Boarding } from '../../../../core/scheduling/flights.ts';
import { type QueuedTask, toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import type { TokenCharge } from '../../../../core/scheduling/token-rate.ts';
import type { Task, TaskResult, WaitReason } from '../../../../core/tasks/task.ts';
import { createMemoryWaitingTasks } from '../../../fakes/scheduling/memory-slots.ts';
import { createMemoryTaskStore } from '../../../fakes/scheduling/memory-task-store.ts';
import { makeTask, start } from '../../../make-task.ts';

const result: TaskResult = {
  content: 'answer',
  finishReason: 'stop',
  cached: true,
  usage: { promptTokens: 1, completionTokens: 1 },
  costUsd: 0,
  latencyMs: 0,
};

/** One received task, and a list of all that is done with it, in order. */
async function setUp(
  members: Partial<Task> = {},
  answers: {
    boarding?: Boarding;
    type?: 'held' | 'full';
    wait?: 'held' | 'waits';
    charge?: TokenCharge;
    areSlotsHeld?: boolean;
    input?: null;
    receiveCount?: number;
    isCarried?: boolean;
    limitedTypes?: Record<string, number>;
    circuit?: () => CallDecision;
  } = {},
) {
  const clock = { now: start };
  const done: string[] = [];
  const errors: unknown[] = [];
  const enqueued: QueuedTask[] = [];
  const store = createMemoryTaskStore();
  const queued = makeTask({ deadlineAt: start + 3_600_000, type: 'custom', ...members });
  await store.create([{ task: queued, input: { prompt: 'p' } }]);
  if (answers.input === null) store.readInput = async () => undefined;
  const { claim } = store;
  store.claim = async (...args) => {
    done.push(`claim for ${args[2]} until ${args[4] - start}`);
    return claim(...args);
  };
  const waiting = createMemoryWaitingTasks();
  const carried = toQueuedTask(queued);
  const received = (answers.isCarried && receiveCarried({ id: 't', handle: 'h', carried })) || {
    ...carried,
    receiveCount: answers.receiveCount ?? 1,
    handle: 'h',
  };
  const note = (text: string) => void done.push(text);
  const admitTask = createAdmitTask({
    provider: 'kimi',
    store,
    queues: {
      setVisibility: async (_provider: string, _task: unknown, delayMs: number) => note(`show in ${delayMs}`),
      sendMessage: async (task: QueuedTask) => note(`send to ${task.provider}, ${task.priority}`),
      async enqueue(list: QueuedTask[]) {
        note('enqueue');
        enqueued.push(...list);
      },
    } as unknown as Parameters<typeof createAdmitTask>[0]['queues'],
    flights: {
      board: async () => answers.boarding ?? { kind: 'leads', followed: false },
      boardNow: async () => ({ kind: 'leads', followed: false }),
      renew: async () => {},
      land: async () => 0,
      endFollowers: async (cacheKey) => note(`end followers of ${cacheKey}`),
      release: async () => note('release the lead'),
    },
    slots: {
      acquireType: async (_holder: string, type: string) => {
        note(`slot of ${type}`);
        return answers.type ?? 'held';
      },
      waitForType: async () => answers.wait ?? 'waits',
      renewForCall: async () => answers.areSlotsHeld ?? true,
    } as unknown as Parameters<typeof createAdmitTask>[0]['slots'],
    waiting,
    limitedTypes: answers.limitedTypes ?? {},
    tokens: {
      charge: async (tokens: number) => {
        note(`charge ${tokens}`);
        return answers.charge;
      },
      settle: async (_charge: TokenCharge, used: number) => note(`settle ${used}`),
    } as unknown as Parameters<typeof createAdmitTask>[0]['tokens'],
    done: { add: () => note('delete'), flush: async () => {} },
    settlement: {
      settle: async () => {},
      settleStopped: async () => {},
      endUnrun: async (_task, _received, why) => note(`end: ${why}`),
    },
    clock: () => clock.now,
    async sleep(milliseconds) {
      note(`sleep ${milliseconds}`);
      clock.now += milliseconds;
    },
    onError: (error) => void errors.push(error),
  });
  const hand = {
    hide: async () => {},
    comeAgainIn: async (delayMs: number) => note(`ticket in ${delayMs}`),
    meanwhile: () => {},
    replace: () => note('replace the ticket'),
    end: async () => 'done' as const,
  };
  /** What is not kept for a call is given back at once, as its caller does. */
  const run = async (reason: WaitReason | null = null) => {
    const taken = new AsyncDisposableStack();
    const waits = {
      handedOn: reason,
      heldUntil: 0,
      isPaced: false,
      hasRequestRate: false,
      ticket: { id: 't', handle: 'h' },
    };
    const circuit = {
      decide: async () => (answers.circuit ?? (() => ({ kind: 'allowed' as const })))(),
      release: async () => {},
    };
    const admission = await admitTask(received, 'me', hand, taken, waits, circuit);
    if (admission.kind !== 'admitted') await taken.disposeAsync();
    return admission;
  };
  const row = async () => {
    const task = await store.get(queued);
    assert.ok(task);
    return task;
  };
  return { run, done, errors, enqueued, store, waiting, queued, received, row, clock };
}

test('a task is admitted with all that its call needs, taken in order, the claim last', async () => {
  const charge = { tokens: 100, second: start / 1_000 };
  const { run, done, row, received } = await setUp({}, { charge });
  const admission = await run('type_slot');
  assert.equal(admission.kind, 'admitted');
  assert.deepEqual(admission.kind === 'admitted' && admission.admitted, {
    task: await row(),
    message: received.message,
    input: { prompt: 'p' },
    charge,
    waitedFor: 'type_slot',
  });
  assert.deepEqual(done, ['slot of custom', 'charge 100', 'claim for me until 45000']);
});

test('a task sleeps until its tokens have room, and says that it waited for them', async () => {
  const { run, done } = await setUp({}, { charge: { tokens: 100, second: start / 1_000 + 20 } });
  const admission = await run();
  assert.equal(admission.kind === 'admitted' && admission.admitted.waitedFor, 'tokens');
  assert.deepEqual(done.slice(2), ['sleep 20000', 'claim for me until 65000']);
});

test('a task that was put off waited for its type, or its tokens, where those have a limit', async () => {
  const charge = { tokens: 100, second: start / 1_000 };
  const waitedFor = async (answers: Parameters<typeof setUp>[1]) => {
    const { run } = await setUp({}, { receiveCount: 2, ...answers });
    const admission = await run();
    return admission.kind === 'admitted' ? admission.admitted.waitedFor : admission.kind;
  };
  assert.equal(await waitedFor({ limitedTypes: { custom: 1 } }), 'type_slot');
  assert.equal(await waitedFor({ limitedTypes: { translation: 1 } }), null);
  assert.equal(await waitedFor({ charge }), 'tokens');
});

test('a task whose tokens have room only later leaves its slot to others, and is charged for nothing', async () => {
  const { run, done, row } = await setUp({}, { charge: { tokens: 100, second: start / 1_000 + 21 } });
  assert.deepEqual(await run(), { kind: 'later' });
  assert.deepEqual(done.slice(2), ['show in 21000', 'ticket in 21000', 'settle 0', 'release the lead']);
  assert.equal((await row()).attempts, 0);
});

test('what was taken is given back in reverse when there is no call', async () => {
  const { run, done, store, queued } = await setUp({}, { charge: { tokens: 100, second: start / 1_000 } });
  await store.cancel(queued, start);
  assert.equal((await run()).kind, 'next');
  assert.deepEqual(done.slice(2), ['claim for me until 45000', 'delete', 'settle 0', 'release the lead']);
});

test('a task that follows an equal one is left to its leader', async () => {
  const { run, done } = await setUp({ cacheKey: 'k' }, { boarding: { kind: 'follows' } });
  assert.deepEqual(await run(), { kind: 'waits' });
  assert.deepEqual(done, []);
});

const queued = ['send to kimi, low', 'replace the ticket'];
for (const [what, answers, steps] of [
  ['an equal task', { boarding: { kind: 'busy' } }, queued],
  ['its type', { type: 'full' }, ['slot of custom', ...queued, 'release the lead']],
] as const)
  test(`a carried task that has to wait for ${what} is queued, so that it is found`, async () => {
    const { run, done, row } = await setUp({ priority: 'low' }, { ...answers, isCarried: true });
    assert.deepEqual(await run(), { kind: 'next' });
    assert.deepEqual(done, steps);
    assert.equal((await row()).attempts, 0);
  });

test('a task with a kept result is completed without a slot, and its message goes', async () => {
  const { run, done, row } = await setUp({ cacheKey: 'k' }, { boarding: { kind: 'hit', result } });
  assert.deepEqual(await run(), { kind: 'next', hasEnded: true });
  assert.deepEqual(done, ['delete']);
  const { status, result: kept, waitedFor } = await row();
  assert.deepEqual([status, kept, waitedFor], ['completed', result, undefined]);
});

test('a task that was received before a result was kept waited for the equal one', async () => {
  const { run, row } = await setUp({ cacheKey: 'k' }, { boarding: { kind: 'hit', result }, receiveCount: 2 });
  await run();
  assert.equal((await row()).waitedFor, 'equal_task');
});

test('a message of an ended leader finds those who followed it', async () => {
  const { run, done, store, queued } = await setUp({ cacheKey: 'k' }, { boarding: { kind: 'hit', result } });
  await store.cancel(queued, start);
  assert.deepEqual(await run(), { kind: 'next', hasEnded: false });
  assert.deepEqual(done, ['end followers of k', 'delete']);
});

test('a kept result leaves a running task, and its message, to its worker', async () => {
  const { run, done, store, received, row } = await setUp(
    { cacheKey: 'k' },
    { boarding: { kind: 'hit', result } },
  );
  await store.claim(received.message, 'kimi', 'other', start, start + 45_000);
  done.length = 0;
  assert.equal((await run()).kind, 'next');
  assert.deepEqual(done, []);
  assert.equal((await row()).status, 'processing');
});

test('a task whose type is full waits on its list, hidden until its deadline', async () => {
  const { run, done, waiting, received } = await setUp({}, { type: 'full' });
  assert.deepEqual(await run(), { kind: 'waits' });
  assert.deepEqual(done, ['slot of custom', 'show in 3600000', 'release the lead']);
  assert.deepEqual(await waiting.list('custom', 9), [{ provider: 'kimi', received }]);
});

test('a task that waits for its type is hidden for eleven hours at most', async () => {
  const { run, done } = await setUp({ deadlineAt: start + 86_400_000 }, { type: 'full' });
  await run();
  assert.equal(done[1], 'show in 39600000');
});

test('a slot of the type that became free meanwhile is used, and nobody waits', async () => {
  const { run, waiting } = await setUp({}, { type: 'full', wait: 'held' });
  assert.equal((await run()).kind, 'admitted');
  assert.equal(waiting.count('custom'), 0);
});

test('a task whose time is over fails without a call, and its message goes', async () => {
  const { run, done, row, clock } = await setUp({ deadlineAt: start + 1_000 });
  clock.now += 1_000;
  assert.equal((await run()).kind, 'next');
  assert.deepEqual(done, ['delete']);
  assert.equal((await row()).error?.code, 'timeout');
});

test('slots that are another’s by now start no call', async () => {
  const { run, done, row } = await setUp({}, { areSlotsHeld: false });
  assert.deepEqual(await run(), { kind: 'later' });
  assert.deepEqual(done.slice(2), ['show in 1000', 'ticket in 1000', 'release the lead']);
  assert.equal((await row()).attempts, 0);
});

test('a message that another worker holds shows again when that lease has ended', async () => {
  const { run, done, store, received } = await setUp();
  await store.claim(received.message, 'kimi', 'other', start, start + 45_000);
  done.length = 0;
  assert.equal((await run()).kind, 'next');
  assert.deepEqual(done.slice(3), ['show in 46000', 'release the lead']);
});

test('a task that is not to be tried yet comes again when it is', async () => {
  const { run, done } = await setUp({ notBefore: start + 9_000 });
  assert.deepEqual(await run(), { kind: 'later' });
  assert.deepEqual(done.slice(3), ['show in 9000', 'ticket in 9000', 'release the lead']);
});

test('a task that moved is sent to its provider before this message goes', async () => {
  const { run, done, enqueued, store, queued } = await setUp();
  await store.moveTo(queued, { provider: 'qwen', model: 'q3' }, null, null, start);
  assert.equal((await run()).kind, 'next');
  assert.deepEqual(done.slice(3), ['enqueue', 'delete', 'release the lead']);
  assert.deepEqual(
    enqueued.map(({ provider }) => provider),
    ['qwen'],
  );
});

test('a message of an older priority, and one of no task, goes', async () => {
  const changed = await setUp();
  await changed.store.reprioritize(changed.queued, 'low', 0);
  assert.equal((await changed.run()).kind, 'next');
  assert.equal(changed.done[3], 'delete');
  const gone = await setUp();
  gone.store.claim = async () => ({ kind: 'missing' });
  assert.equal((await gone.run()).kind, 'next');
  assert.equal(gone.done[2], 'delete');
});

test('an input that cannot be read leaves the task unclaimed, for a second', async () => {
  const { run, done, errors, store, row } = await setUp();
  store.readInput = () => Promise.reject(new Error('throttled'));
  assert.deepEqual(await run(), { kind: 'later' });
  assert.match(String(errors), /throttled/);
  assert.deepEqual(done.slice(3), ['show in 1000', 'ticket in 1000', 'release the lead']);
  assert.deepEqual([(await row()).status, (await row()).providerAttempts], ['queued', 0]);
});

const open = { kind: 'wait', until: start + 9_000, reason: 'circuit_open', failover: true } as const;

test('a circuit that is found open beside the claim leaves the task unclaimed, nothing tried', async () => {
  const { run, done, errors, row } = await setUp({}, { circuit: () => open });
  assert.deepEqual(await run(), { kind: 'closed', decision: open, isOpen: true });
  assert.deepEqual(done.slice(3), ['release the lead']);
  assert.deepEqual([(await row()).status, (await row()).providerAttempts], ['queued', 0]);
  assert.deepEqual(errors, []);
});

test('a circuit that is found open where the message is stale ends the look for others', async () => {
  const { run, done, store } = await setUp({}, { circuit: () => open });
  store.claim = async () => ({ kind: 'final' });
  assert.deepEqual(await run(), { kind: 'closed', decision: open, isOpen: false });
  assert.equal(done[2], 'delete');
});

test('a circuit that is found open for a task that is not to be tried yet ends nothing', async () => {
  const { run, done } = await setUp({ notBefore: start + 9_000 }, { circuit: () => open });
  assert.deepEqual(await run(), { kind: 'later' });
  assert.deepEqual(done.slice(3), ['show in 9000', 'ticket in 9000', 'release the lead']);
});

test('a circuit that cannot be read leaves the task unclaimed, for a second', async () => {
  const { run, done, errors, row } = await setUp({}, { circuit: () => assert.fail('throttled') });
  assert.deepEqual(await run(), { kind: 'later' });
  assert.match(String(errors), /throttled/);
  assert.deepEqual(done.slice(3), ['show in 1000', 'ticket in 1000', 'release the lead']);
  assert.deepEqual([(await row()).status, (await row()).providerAttempts], ['queued', 0]);
});

test('a task that was claimed with the probe, or after a pause, waited for the circuit', async () => {
  const probed = await setUp({}, { circuit: () => ({ kind: 'probe' }) });
  probed.clock.now += 1;
  const admission = await probed.run();
  assert.equal(admission.kind === 'admitted' && admission.admitted.waitedFor, 'circuit');
  const held = await setUp({}, { circuit: () => ({ kind: 'allowed', heldUntil: start + 1 }) });
  const after = await held.run();
  assert.equal(after.kind === 'admitted' && after.admitted.waitedFor, 'circuit');
});

test('a task without an input, or that lost every worker it may have, ends unrun', async () => {
  const missing = await setUp({}, { input: null });
  assert.equal((await missing.run()).kind, 'next');
  assert.equal(missing.done[3], 'end: missing input');
  const config = { maxRetries: 2, failover: true, strategy: 'balanced' } as const;
  const lost = await setUp({ config, providerAttempts: 3 });
  assert.equal((await lost.run()).kind, 'next');
  assert.equal(lost.done[3], 'end: lost workers');
  const last = await setUp({ config, providerAttempts: 2 });
  assert.equal((await last.run()).kind, 'admitted');
});
