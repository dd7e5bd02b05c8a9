import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCacheKey } from '../../../../core/result-cache/cache-key.ts';
import { hashRequest } from '../../../../core/tasks/idempotency.ts';
import { type Submission, submitTask } from '../../../../core/tasks/submit-task.ts';
import type { TaskResult } from '../../../../core/tasks/task.ts';
import {
  createMemoryCache,
  createMemoryKeys,
  createMemoryQueues,
  createMemoryStates,
  createMemoryTasks,
  createOpenGate,
} from '../../../fakes/memory-submissions.ts';
import { makeRules, makeSettings } from '../../../fakes/submission-rules.ts';

const body = { type: 'custom', prompt: 'Say yes' };
const result: TaskResult = {
  content: 'yes',
  finishReason: 'stop',
  cached: false,
  usage: { promptTokens: 1, completionTokens: 1 },
  costUsd: 1,
  latencyMs: 5,
};

function setUp(waiting = 0) {
  const results = new Map<string, TaskResult>();
  const ports = {
    tasks: createMemoryTasks(),
    queues: createMemoryQueues(),
    states: createMemoryStates({ simulated: waiting, kimi: 0 }),
    cache: createMemoryCache(results),
    keys: createMemoryKeys(),
    gate: createOpenGate(),
  };
  let count = 0;
  const submit = (changes: Partial<Submission> = {}, rules = makeRules()) => {
    count += 1;
    const uuid = `uuid-${count}`;
    return submitTask(
      { tenant: 'default', body, uuid, idempotencyKey: undefined, now: 1_000, ...changes },
      rules,
      ports,
    );
  };
  return { ...ports, results, submit };
}

test('an accepted task is stored and then queued', async () => {
  const { submit, tasks, queues } = setUp();
  assert.deepEqual(await submit(), { taskId: 'task_uuid-1', status: 'queued' });
  const task = tasks.stored.get('task_uuid-1')?.task;
  assert.equal(queues.sent.length, 1);
  assert.equal(queues.sent[0]?.provider, task?.provider);
  assert.deepEqual(queues.sent[0]?.message, {
    tenant: 'default',
    taskId: 'task_uuid-1',
    type: 'custom',
    createdAt: task?.createdAt,
    deadlineAt: task?.deadlineAt,
    estimatedTokens: task?.estimatedTokens,
    cacheKey: null,
    revision: 0,
  });
});

test('a task goes by its ticket while no more wait and run than twice what the provider takes', async () => {
  for (const [waiting, isCarried] of [
    [19, true],
    [20, undefined],
  ] as const) {
    const { submit, queues } = setUp(waiting);
    await submit({ body: { ...body, config: { provider: 'simulated' } } });
    assert.equal(queues.sent[0]?.isCarried, isCarried, `${waiting} wait`);
  }
});

test('nothing goes by its ticket where slots or tokens hold tickets back', async () => {
  const [simulated, kimi] = makeSettings().providers;
  if (!simulated || !kimi) throw new Error('The settings have two providers');
  for (const settings of [
    makeSettings({ maxWorkers: 5 }),
    makeSettings({ typeLimits: { custom: 1 } }),
    makeSettings({ providers: [{ ...simulated, limitedBySemaphore: true }, kimi] }),
    makeSettings({ providers: [{ ...simulated, tokensPerMinute: 60_000 }, kimi] }),
  ]) {
    const { submit, queues } = setUp();
    await submit({ body: { ...body, config: { provider: 'simulated' } } }, makeRules({}, settings));
    assert.equal(queues.sent[0]?.isCarried, undefined);
  }
});

test('the same key and body make one task and give one answer', async () => {
  const { submit, tasks, queues } = setUp();
  const first = await submit({ idempotencyKey: 'k' });
  const second = await submit({ idempotencyKey: 'k', body: { prompt: 'Say yes', type: 'custom' } });
  assert.deepEqual(second, first);
  assert.equal(tasks.stored.size, 1);
  assert.equal(queues.sent.length, 1);
});

test('the first answer is given again after the task has ended', async () => {
  const { submit, tasks } = setUp();
  const first = await submit({ idempotencyKey: 'k' });
  await tasks.cancel({ tenant: 'default', taskId: first.taskId }, 2_000);
  assert.deepEqual(await submit({ idempotencyKey: 'k' }), first);
});

test('the same key with another body is refused', async () => {
  const { submit } = setUp();
  await submit({ idempotencyKey: 'k' });
  await assert.rejects(submit({ idempotencyKey: 'k', body: { ...body, priority: 'high' } }), {
    code: 'idempotency_key_reused',
  });
});

test('the same key of two tenants makes two tasks', async () => {
  const { submit, tasks } = setUp();
  await submit({ idempotencyKey: 'k' });
  await submit({ idempotencyKey: 'k', tenant: 'other', body: { ...body, priority: 'high' } });
  assert.equal(tasks.stored.size, 2);
});

const day = 24 * 3_600_000;

test('a key counts for 24 hours, again and again', async () => {
  const { submit, tasks } = setUp();
  const first = await submit({ idempotencyKey: 'k' });
  assert.deepEqual(await submit({ idempotencyKey: 'k', now: 1_000 + day - 1 }), first);
  const late = { idempotencyKey: 'k', now: 1_000 + day, body: { ...body, priority: 'high' } };
  const second = await submit(late);
  assert.notEqual(second.taskId, first.taskId);
  assert.deepEqual(await submit(late), second);
  // Rows of tasks are kept by their retention, a key by its own time.
  tasks.stored.delete(first.taskId);
  assert.deepEqual(await submit({ ...late, now: 1_000 + 2 * day - 1 }), second);
  assert.equal(tasks.stored.size, 1);
});

test('a repeated request has its first answer, whatever is true by then', async () => {
  const { submit, states, tasks, queues } = setUp();
  const first = await submit({ idempotencyKey: 'k' });
  states.noteAccepted('kimi', 'normal', 1_000);
  const refusals = {
    queue_full: makeRules(),
    no_provider_available: makeRules({ enabled: [], maxQueueSize: 9_999 }),
    invalid_request: makeRules({ types: new Map(), maxQueueSize: 9_999 }),
  };
  for (const [code, rules] of Object.entries(refusals)) {
    await assert.rejects(submit({}, rules), { code });
    assert.deepEqual(await submit({ idempotencyKey: 'k' }, rules), first, code);
  }
  assert.deepEqual([tasks.stored.size, queues.sent.length], [1, 1]);
});

test('a refused request leaves its key free', async () => {
  const { submit } = setUp();
  await assert.rejects(submit({ idempotencyKey: 'k', body: {} }), { code: 'invalid_request' });
  assert.equal((await submit({ idempotencyKey: 'k' })).status, 'queued');
});

test('of two that come at once with a key, one is made', async () => {
  const { submit, tasks, queues } = setUp();
  const answers = await Promise.all([1, 2, 3].map(() => submit({ idempotencyKey: 'k' })));
  assert.equal(new Set(answers.map(({ taskId }) => taskId)).size, 1);
  assert.deepEqual([tasks.stored.size, queues.sent.length], [1, 1]);
});

test('a key whose first request died before its task was stored makes that task', async () => {
  const { submit, keys, queues } = setUp();
  const first = { requestHash: hashRequest(body), uuid: 'first', madeAt: 1 };
  await keys.take('task', 'default', 'k', first);
  assert.deepEqual(await submit({ idempotencyKey: 'k' }), { taskId: 'task_first', status: 'queued' });
  assert.equal(queues.sent[0]?.message.taskId, 'task_first');
});

test('a full queue refuses before anything is stored and says when to come back', async () => {
  const { submit, tasks, queues } = setUp(1_000);
  await assert.rejects(submit(), { code: 'queue_full', retryAfter: 5_000 });
  assert.equal(tasks.stored.size + queues.sent.length, 0);
});

test('what this environment accepted counts at once', async () => {
  const { submit } = setUp(999);
  await submit();
  await assert.rejects(submit(), { code: 'queue_full' });
});

test('a cached result answers at once, even when the queue is full', async () => {
  const { submit, tasks, queues, results } = setUp(1_000);
  const cachedBody = { ...body, config: { cache_enabled: true } };
  const type = makeRules().types.get('custom');
  assert(type);
  const config = { cacheEnabled: true, maxRetries: 3, failover: true, strategy: 'balanced' } as const;
  const key = createCacheKey('default', type, { prompt: body.prompt }, config);
  assert(key);
  results.set(key, result);
  const answer = await submit({ body: cachedBody, idempotencyKey: 'k' });
  assert.equal(answer.status, 'completed');
  const task = tasks.stored.get(answer.taskId)?.task;
  assert.equal(task?.lastEvent, 'completed');
  assert.deepEqual(task?.result, { ...result, cached: true, costUsd: 0, latencyMs: 0 });
  assert.equal(task?.completedAt, 1_000);
  assert.equal(queues.sent.length, 0);
  assert.deepEqual(await submit({ body: cachedBody, idempotencyKey: 'k' }), answer);
});

test('a task that could not be queued is not answered as accepted', async () => {
  const { tasks, states, cache, keys } = setUp();
  const queues = { enqueue: async () => Promise.reject(new Error('SQS is away')) };
  const submission = { tenant: 'default', body, uuid: 'u', idempotencyKey: undefined, now: 1 };
  await assert.rejects(
    submitTask(submission, makeRules(), { tasks, queues, states, cache, keys, gate: createOpenGate() }),
    /SQS is away/,
  );
});
