import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptOutcome, AttemptReport } from '../../../../core/attempts/attempt.ts';
import { createSettlement, type MadeAttempt } from '../../../../core/scheduling/settle-attempt.ts';
import { type QueuedTask, toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import type { Task, TaskError, TaskResult } from '../../../../core/tasks/task.ts';
import { createMemoryTaskStore } from '../../../fakes/scheduling/memory-task-store.ts';
import { makeTask, start } from '../../../make-task.ts';

const used = { usage: { promptTokens: 3, completionTokens: 0 }, costUsd: 0.125 };

const usage = { promptTokens: 70, completionTokens: 30 };
const result: TaskResult = {
  content: 'answer',
  finishReason: 'stop',
  cached: false,
  usage,
  costUsd: 2,
  latencyMs: 800,
};
const error: TaskError = { code: 'provider_error', message: 'It failed', provider: 'kimi', retryable: true };
const report = (outcome: AttemptOutcome): AttemptReport => ({
  outcome,
  usage,
  costUsd: 2,
  failure: undefined,
  holdBackMs: undefined,
});
const completed = report({ kind: 'completed', result });

/** A claimed task, ten seconds into its attempt; what is done is listed in order. */
async function setUp(members: Partial<Task> = {}, leftMs = 45_000) {
  const clock = { now: start + 1_000 };
  const store = createMemoryTaskStore();
  const queued = makeTask(members);
  await store.create([{ task: queued, input: { prompt: 'p' } }]);
  const { message } = toQueuedTask(queued);
  const claim = await store.claim(message, 'kimi', 'me', clock.now, clock.now + 45_000);
  assert.equal(claim.kind, 'claimed');
  const task = (claim as { task: Task }).task;
  const received = { message, priority: 'normal', receiveCount: 1, handle: 'h' } as const;
  const done: string[] = [];
  const enqueued: QueuedTask[] = [];
  const errors: unknown[] = [];
  let slept = 0;
  const made: MadeAttempt = {
    task,
    queued: {
      received,
      hand: {
        comeAgainIn: async (delayMs) => void done.push(`ticket in ${delayMs}`),
        meanwhile: () => {},
        replace: () => {},
        end: async () => 'done',
      },
    },
    hold: { release: async () => void done.push('release'), leftMs: () => leftMs - slept },
    startedAt: clock.now,
    waitedFor: 'tokens',
  };
  clock.now += 10_000;
  const settlement = createSettlement({
    provider: 'kimi',
    store,
    queues: {
      async enqueue(list) {
        done.push('enqueue');
        enqueued.push(...list);
      },
      setVisibility: async (provider, { handle }, delayMs) =>
        void done.push(`show ${handle} of ${provider} in ${delayMs}`),
    },
    done: { add: ({ handle }) => void done.push(`delete ${handle}`), flush: async () => {} },
    clock: () => clock.now,
    async sleep(milliseconds) {
      done.push(`sleep ${milliseconds}`);
      slept += milliseconds;
    },
    onError: (fault) => void errors.push(fault),
  });
  const row = async () => {
    const found = await store.get(task);
    assert.ok(found);
    return found;
  };
  return { settlement, made, received, store, task, done, enqueued, errors, row, clock };
}

const record = (outcome: string, code: string | null = null, members = {}) => ({
  attempt: 1,
  provider: 'kimi',
  model: 'k2',
  waitedFor: 'tokens',
  startedAt: start + 1_000,
  endedAt: start + 11_000,
  outcome,
  code,
  usage,
  costUsd: 2,
  ...members,
});

const outcomes: AttemptOutcome[] = [
  { kind: 'completed', result },
  { kind: 'failed', error },
  { kind: 'retry', error, delayMs: 3_000 },
  { kind: 'failover', error, provider: 'qwen', model: 'q3' },
];
for (const outcome of outcomes)
  test(`whoever settles an attempt is told the task as it is stored: ${outcome.kind}`, async () => {
    const { settlement, made, row } = await setUp();
    const told = await settlement.settle(made, report(outcome));
    assert.deepEqual(told, { ...(await row()), changedAt: start + 11_000 });
  });

test('a task that was handed to its worker gets a message for its next attempt', async () => {
  const { settlement, made, received, done, enqueued } = await setUp({ priority: 'low' });
  await settlement.settle({ ...made, queued: undefined }, report({ kind: 'retry', error, delayMs: 3_000 }));
  assert.deepEqual(done, ['release', 'enqueue']);
  const { message } = received;
  assert.deepEqual(enqueued, [{ provider: 'kimi', priority: 'low', message, delayMs: 3_000 }]);
});

test('whoever waits for a task whose time is over is told how it failed', async () => {
  const { settlement, made, done, row } = await setUp({ deadlineAt: start + 11_000 });
  const told = await settlement.settleStopped({ ...made, queued: undefined }, 'deadline', used);
  assert.deepEqual(told, await row());
  assert.deepEqual([told?.status, done], ['failed', ['release']]);
});

test('an answer is stored with its record, then its message is deleted', async () => {
  const { settlement, made, done, row } = await setUp();
  await settlement.settle(made, completed, async () => void done.push('before'));
  const { status, result: stored, timeline, completedAt } = await row();
  assert.deepEqual([status, stored, completedAt], ['completed', result, start + 11_000]);
  assert.deepEqual(timeline, [record('completed')]);
  assert.deepEqual(done, ['before', 'release', 'delete h']);
});

test('a failed task keeps its error and its record, and its message is deleted', async () => {
  const { settlement, made, done, row } = await setUp();
  await settlement.settle(made, report({ kind: 'failed', error }));
  const { status, error: stored, timeline, completedAt } = await row();
  assert.deepEqual([status, stored, completedAt], ['failed', error, start + 11_000]);
  assert.deepEqual(timeline, [record('failed', 'provider_error')]);
  assert.deepEqual(done, ['release', 'delete h']);
});

test('a retry deletes nothing: message and ticket show after its delay', async () => {
  const { settlement, made, done, row, enqueued } = await setUp();
  await settlement.settle(made, report({ kind: 'retry', error, delayMs: 3_000 }));
  const { status, error: stored, notBefore, timeline } = await row();
  assert.deepEqual([status, stored, notBefore], ['queued', error, start + 14_000]);
  assert.deepEqual(timeline, [record('retrying', 'provider_error')]);
  assert.deepEqual(done, ['release', 'show h of kimi in 3000', 'ticket in 3000']);
  assert.deepEqual(enqueued, []);
});

test('a failover sends the task to the other provider before its message is deleted', async () => {
  const { settlement, made, received, done, row, enqueued } = await setUp({ priority: 'high' });
  await settlement.settle(made, report({ kind: 'failover', error, provider: 'qwen', model: 'q3' }));
  const moved = await row();
  assert.deepEqual([moved.status, moved.provider, moved.model, moved.failovers], ['queued', 'qwen', 'q3', 1]);
  assert.deepEqual([moved.error, moved.providerAttempts, moved.notBefore], [error, 0, null]);
  assert.deepEqual(moved.timeline, [record('retrying', 'provider_error')]);
  assert.deepEqual(done, ['release', 'enqueue', 'delete h']);
  assert.deepEqual(enqueued, [{ provider: 'qwen', priority: 'high', message: received.message, delayMs: 0 }]);
});

test('an answer that was paid for is stored as long as the lease lasts, with pauses that double up to five seconds', async () => {
  const { settlement, made, store, done, row, errors } = await setUp({}, 40_000);
  const { complete } = store;
  let fails = 8;
  store.complete = async (...args) => {
    fails -= 1;
    if (fails >= 0) throw new Error('throttled');
    return complete(...args);
  };
  await settlement.settle(made, completed);
  assert.equal((await row()).status, 'completed');
  assert.equal(errors.length, 8);
  const pauses = [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000].map((pause) => `sleep ${pause}`);
  assert.deepEqual(done, [...pauses, 'release', 'delete h']);
});

test('a write that would end after the lease is not tried: the error goes up, and the message stays', async () => {
  const { settlement, made, store, done } = await setUp({}, 5_299);
  store.complete = () => Promise.reject(new Error('throttled'));
  await assert.rejects(settlement.settle(made, completed), /throttled/);
  assert.deepEqual(done, ['sleep 100']);
  const exact = await setUp({}, 5_100);
  exact.store.complete = () => Promise.reject(new Error('throttled'));
  await assert.rejects(exact.settlement.settle(exact.made, completed), /throttled/);
  assert.deepEqual(exact.done, ['sleep 100']);
});

test('a cancelled task keeps the record of what its answer cost, and its message goes', async () => {
  const { settlement, made, store, task, done, row } = await setUp();
  await store.cancel(task, start + 5_000);
  await settlement.settle(made, completed);
  const { status, result: stored, timeline } = await row();
  assert.deepEqual([status, stored], ['cancelled', null]);
  assert.deepEqual(timeline, [record('cancelled')]);
  assert.deepEqual(done, ['release', 'delete h']);
});

test('a task that expired meanwhile keeps how its attempt went', async () => {
  const { settlement, made, store, task, done, row } = await setUp();
  await store.expire(task, task.deadlineAt);
  await settlement.settle(made, completed);
  assert.deepEqual((await row()).timeline, [record('completed')]);
  assert.deepEqual(done, ['release', 'delete h']);
});

test('a task that another worker holds keeps its message, whatever this worker brings', async () => {
  const { settlement, made, received, store, done, row } = await setUp();
  const later = start + 60_000;
  const taken = await store.claim(received.message, 'kimi', 'other', later, later + 45_000);
  assert.equal(taken.kind, 'claimed');
  await settlement.settle(made, completed);
  assert.equal((await row()).status, 'processing');
  assert.deepEqual(done, ['release']);
});

test('a task whose row is gone leaves no message', async () => {
  const { settlement, made, store, done } = await setUp();
  store.complete = async () => false;
  store.get = async () => undefined;
  await settlement.settle(made, completed);
  assert.deepEqual(done, ['release', 'delete h']);
});

test('what must be done before the message goes keeps it when it fails', async () => {
  const { settlement, made, done, row } = await setUp();
  const before = () => Promise.reject(new Error('no followers were ended'));
  await assert.rejects(settlement.settle(made, completed, before), /no followers/);
  assert.equal((await row()).status, 'completed');
  assert.deepEqual(done, []);
});

test('an attempt that lost its task changes nothing, and keeps the message of whoever has it', async () => {
  const { settlement, made, done, row } = await setUp();
  await settlement.settleStopped(made, 'lost', used);
  const { status, timeline } = await row();
  assert.deepEqual([status, timeline], ['processing', []]);
  assert.deepEqual(done, ['release']);
});

test('an attempt that was stopped by a cancel is recorded with what it may have used', async () => {
  const { settlement, made, store, task, done, row } = await setUp();
  await store.cancel(task, start + 5_000);
  await settlement.settleStopped(made, 'lost', used);
  assert.deepEqual((await row()).timeline, [record('cancelled', null, used)]);
  assert.deepEqual(done, ['release', 'delete h']);
});

test('an attempt that was stopped because its task expired meanwhile is recorded as interrupted', async () => {
  const { settlement, made, store, task, row } = await setUp();
  await store.expire(task, task.deadlineAt);
  await settlement.settleStopped(made, 'lost', used);
  assert.deepEqual((await row()).timeline, [record('interrupted', null, used)]);
});

test('a task whose time is over while it runs fails by its deadline, and its message goes', async () => {
  const { settlement, made, done, row } = await setUp({ deadlineAt: start + 11_000 });
  await settlement.settleStopped(made, 'deadline', used);
  const { status, error: stored, timeline } = await row();
  assert.deepEqual([status, stored?.code], ['failed', 'timeout']);
  assert.deepEqual(timeline, [record('failed', 'timeout', used)]);
  assert.deepEqual(done, ['release', 'delete h']);
});

test('the deadline is stored as long as the lease lasts, too', async () => {
  const { settlement, made, store, done } = await setUp({ deadlineAt: start + 11_000 });
  const { expire } = store;
  store.expire = async () => {
    store.expire = expire;
    throw new Error('throttled');
  };
  await settlement.settleStopped(made, 'deadline', used);
  assert.deepEqual(done, ['sleep 100', 'release', 'delete h']);
});

test('a task that was cancelled before its deadline stays cancelled', async () => {
  const { settlement, made, store, task, done, row } = await setUp({ deadlineAt: start + 11_000 });
  await store.cancel(task, start + 5_000);
  await settlement.settleStopped(made, 'deadline', used);
  const { status, timeline } = await row();
  assert.deepEqual([status, timeline[0]?.outcome], ['cancelled', 'cancelled']);
  assert.deepEqual(done, ['release', 'delete h']);
});

test('an attempt that the end of its invocation interrupts is tried again at once', async () => {
  const { settlement, made, done, row } = await setUp();
  await settlement.settleStopped(made, 'interrupted', used);
  const { status, error: stored, notBefore, timeline } = await row();
  assert.deepEqual([status, notBefore], ['queued', start + 11_000]);
  assert.deepEqual(stored, {
    code: 'timeout',
    message: 'The provider call outlasted the longest time a worker may run',
    provider: 'kimi',
    retryable: true,
  });
  assert.deepEqual(timeline, [record('retrying', 'timeout', used)]);
  assert.deepEqual(done, ['release', 'show h of kimi in 0', 'ticket in 0']);
});

test('the last attempt that is interrupted fails the task', async () => {
  const config = { maxRetries: 1, failover: true, strategy: 'balanced' } as const;
  const last = await setUp({ config, providerAttempts: 1 });
  await last.settlement.settleStopped(last.made, 'interrupted', used);
  assert.equal((await last.row()).status, 'failed');
  assert.equal((await last.row()).error?.code, 'timeout');
  const first = await setUp({ config });
  await first.settlement.settleStopped(first.made, 'interrupted', used);
  assert.equal((await first.row()).status, 'queued');
});

test('a task for which no call is made fails with the reason, and without a record', async () => {
  const lost = await setUp();
  await lost.settlement.endUnrun(lost.task, lost.received, 'lost workers');
  assert.deepEqual((await lost.row()).error, {
    code: 'retries_exhausted',
    message: 'Every worker that ran the task was lost',
    provider: 'kimi',
    retryable: true,
  });
  assert.deepEqual([(await lost.row()).timeline, (await lost.row()).completedAt], [[], start + 11_000]);
  assert.deepEqual(lost.done, ['delete h']);
  const missing = await setUp();
  await missing.settlement.endUnrun(missing.task, missing.received, 'missing input');
  assert.deepEqual((await missing.row()).error, {
    code: 'internal',
    message: 'The input of the task is missing',
    provider: null,
    retryable: false,
  });
});
