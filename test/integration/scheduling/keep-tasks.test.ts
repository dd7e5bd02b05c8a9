import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { ServiceError } from '../../../core/service-error.ts';
import type { AttemptRecord, Task, TaskResult } from '../../../core/tasks/task.ts';
import type { TaskStore } from '../../../core/tasks/task-store.ts';
import { newTask, startStores } from './start-stores.ts';

let stores: Awaited<ReturnType<typeof startStores>>;
let store: TaskStore;
before(async () => {
  stores = await startStores();
  ({ store } = stores);
});
after(() => stores.service.stop());

const result: TaskResult = {
  content: 'done',
  finishReason: 'stop',
  cached: false,
  usage: { promptTokens: 3, completionTokens: 1 },
  costUsd: 0.001,
  latencyMs: 12,
};
const error = { code: 'provider_error', message: 'no', provider: 'stored-only', retryable: true } as const;
const elsewhere = { provider: 'elsewhere', model: 'their-model' };

async function create(changes: Partial<Task> = {}): Promise<Task> {
  const created = newTask(changes);
  await store.create([created]);
  return created.task;
}

async function claim(task: Task, now = Date.now(), leaseMs = 45_000): Promise<Task> {
  const outcome = await claimAs(randomUUID(), task, task.provider, now, now + leaseMs);
  assert.equal(outcome.kind, 'claimed');
  return (outcome as { task: Task }).task;
}

/** @param claimant a name that no other invocation has */
function claimAs(claimant: string, task: Task, provider: string, now: number, leaseUntil: number) {
  return store.claim(task, provider, claimant, now, leaseUntil);
}

function recordOf(task: Task, endedAt: number): AttemptRecord {
  const { attempts: attempt, provider, model } = task;
  const ended = { endedAt, outcome: 'completed', code: null, usage: null, costUsd: 0 } as const;
  return { attempt, provider, model, waitedFor: null, startedAt: endedAt - 10, ...ended };
}

/** As of now. */
const complete = (task: Task, answer = result) => store.complete(task, answer, recordOf(task, Date.now()));

test('a task and its input are read as they were written', async () => {
  const created = newTask({ metadata: { order: '7' } }, { prompt: 'Größe 测试', data: { n: [1, null] } });
  await store.create([created]);
  assert.deepEqual(await store.get(created.task), {
    ...created.task,
    ...changedAt(await store.get(created.task)),
  });
  assert.deepEqual(await store.readInput(created.task), created.input);
});

/** What the store adds about the time of the last change. */
function changedAt(task: Task | undefined): object {
  return task && 'changedAt' in task ? { changedAt: task.changedAt } : {};
}

test('another tenant does not see a task', async () => {
  const task = await create();
  assert.equal(await store.get({ tenant: 'other', taskId: task.taskId }), undefined);
});

test('a claim counts an attempt and keeps others out until its lease ends', async () => {
  const task = await create();
  const now = Date.now();
  const claimed = await claim(task, now, 45_000);
  assert.equal(claimed.attempts, 1);
  assert.equal(claimed.status, 'processing');
  assert.deepEqual(await claimAs('other', task, task.provider, now + 1_000, now + 50_000), {
    kind: 'leased',
    leaseUntil: now + 45_000,
  });
  const second = await claimAs('other', task, task.provider, now + 45_001, now + 90_000);
  assert.equal(second.kind === 'claimed' && second.task.attempts, 2);
});

test('a worker that lost its lease can write no outcome', async () => {
  const task = await create();
  const now = Date.now();
  const lost = await claim(task, now, 1_000);
  const winner = await claim(task, now + 1_001);
  const record = recordOf(lost, now + 1_002);
  assert.equal(await store.complete(lost, result, record), false);
  assert.equal(await store.fail(lost, error, record, now + 1_002), false);
  assert.equal(await store.retryLater(lost, error, now + 2_000, record), false);
  assert.equal(await store.moveTo(lost, elsewhere, error, record, now + 1_002), false);
  assert.equal(await store.unclaim(lost, now + 1_002), false);
  assert.equal(await store.renewLease(lost, lost.attempts, now + 60_000), false);
  assert.equal(await store.complete(winner, result, recordOf(winner, now + 1_003)), true);
  assert.deepEqual((await store.get(task))?.result, result);
});

test('an ended task is claimed by nobody and leaves the index of open tasks', async () => {
  const provider = `p-${randomUUID().slice(0, 8)}`;
  const task = await create({ provider });
  assert.equal(await store.countOpen(provider), 1);
  await complete(await claim(task));
  assert.equal((await claimAs('late', task, provider, Date.now(), Date.now() + 1)).kind, 'final');
  assert.equal(await store.countOpen(provider), 0);
});

test('a cancelled task is lost to its worker, and cancelling it twice changes nothing', async () => {
  const task = await create();
  const claimed = await claim(task);
  assert.equal(await store.look(task, claimed.attempts), 'held');
  assert.equal((await store.cancel(task, Date.now()))?.kind, 'cancelled');
  assert.equal(await store.look(task, claimed.attempts), 'lost');
  assert.equal(await complete(claimed), false);
  const again = await store.cancel(task, Date.now());
  assert.deepEqual([again?.kind, again?.task.status, again?.task.version], ['ended', 'cancelled', 3]);
});

test('a task that moved to another provider is found there alone', async () => {
  const [from, to] = [`p-${randomUUID().slice(0, 8)}`, `p-${randomUUID().slice(0, 8)}`];
  const claimed = await claim(await create({ provider: from }));
  const next = { provider: to, model: 'their-model' };
  assert.equal(await store.moveTo(claimed, next, error, recordOf(claimed, Date.now()), Date.now()), true);
  const met = await claimAs('late', claimed, from, Date.now(), Date.now() + 1_000);
  assert.equal(met.kind === 'moved' && met.task.provider, to);
  assert.deepEqual([await store.countOpen(from), await store.countOpen(to)], [0, 1]);
  const taken = await claim({ ...claimed, provider: to });
  assert.deepEqual(
    [taken.attempts, taken.providerAttempts, taken.failovers, taken.model],
    [2, 1, 1, 'their-model'],
  );
});

test('only what is past its deadline expires, and is listed as such', async () => {
  const provider = `p-${randomUUID().slice(0, 8)}`;
  const now = Date.now();
  const due = await create({ provider, deadlineAt: now - 1 });
  const later = await create({ provider, deadlineAt: now + 60_000 });
  assert.deepEqual(
    (await store.listExpired(provider, now, 10)).map(({ taskId }) => taskId),
    [due.taskId],
  );
  assert.equal(await store.expire(due, now), true);
  assert.equal(await store.expire(due, now), false);
  assert.equal(await store.expire(later, now), false);
  assert.equal((await store.get(due))?.error?.code, 'timeout');
});

test('a large input and a large result are kept whole', async () => {
  const created = newTask({}, { prompt: 'p', data: 'ä'.repeat(1_000_000) });
  await store.create([created]);
  assert.deepEqual(await store.readInput(created.task), created.input);
  const large = { ...result, content: 'x'.repeat(600_000) };
  await complete(await claim(created.task), large);
  assert.equal((await store.get(created.task))?.result?.content, large.content);
});

test('the same idempotent request finds the first task, another body is told apart', async () => {
  const first = newTask();
  assert.equal((await store.createOnce(first, 'hash-1')).created, true);
  const again = await store.createOnce({ ...first, task: { ...first.task, createdAt: 1 } }, 'hash-1');
  assert.deepEqual(
    [again.created, again.requestHash, again.task.createdAt],
    [false, 'hash-1', first.task.createdAt],
  );
  const other = await store.createOnce({ ...first, input: { prompt: 'another' } }, 'hash-2');
  assert.deepEqual([other.created, other.requestHash], [false, 'hash-1']);
  assert.deepEqual(await store.readInput(first.task), first.input);
});

test('pages go from new to old without gap or repetition, filtered or not', async () => {
  const tenant = `tenant-${randomUUID()}`;
  const tasks = Array.from({ length: 25 }, (_, i) =>
    newTask({ tenant, createdAt: 1_700_000_000_000 + i, type: i % 5 === 0 ? 'translation' : 'custom' }),
  );
  await store.create(tasks);
  const newestFirst = tasks.map(({ task }) => task.taskId).reverse();
  for (const type of [undefined, 'translation']) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.list(tenant, { type }, 4, cursor);
      seen.push(...page.tasks.map(({ taskId }) => taskId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    const expected = type
      ? newestFirst.filter((id) => tasks.find(({ task }) => task.taskId === id)?.task.type === type)
      : newestFirst;
    assert.deepEqual(seen, expected);
  }
});

test('a cursor of another tenant is refused', async () => {
  const tenant = `tenant-${randomUUID()}`;
  await store.create([newTask({ tenant }), newTask({ tenant })]);
  const { nextCursor } = await store.list(tenant, {}, 1, undefined);
  assert.ok(nextCursor);
  await assert.rejects(store.list('another', {}, 1, nextCursor), (thrown: unknown) => {
    assert.ok(thrown instanceof ServiceError);
    return thrown.code === 'invalid_request' && thrown.faults[0]?.pointer === '/cursor';
  });
});

test('of forty claims at once one wins', async () => {
  const task = await create();
  const now = Date.now();
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, (_, i) => claimAs(`worker-${i}`, task, task.provider, now, now + 45_000)),
  );
  assert.equal(outcomes.filter(({ kind }) => kind === 'claimed').length, 1);
});
