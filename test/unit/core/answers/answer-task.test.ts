import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnswerTaskPorts, answerTask, type Question } from '../../../../core/answers/answer-task.ts';
import type { DirectAnswer } from '../../../../core/answers/direct-calls.ts';
import { processSync } from '../../../../core/answers/process-sync.ts';
import { taskQuestion } from '../../../../core/answers/task-question.ts';
import { type Progress, textDelta } from '../../../../core/answers/told.ts';
import { createCacheKey } from '../../../../core/result-cache/cache-key.ts';
import type { DirectTask } from '../../../../core/scheduling/run-direct-task.ts';
import { hashRequest } from '../../../../core/tasks/idempotency.ts';
import type { SubmissionRules } from '../../../../core/tasks/prepare-task.ts';
import type { Task, TaskResult } from '../../../../core/tasks/task.ts';
import {
  createMemoryCache,
  createMemoryKeys,
  createMemoryQueues,
  createMemoryStates,
  createMemoryTasks,
  createOpenGate,
  type MemoryTasks,
} from '../../../fakes/memory-submissions.ts';
import { createMemoryDeltaLog } from '../../../fakes/scheduling/memory-delta-log.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const body = { type: 'custom', prompt: 'Say yes' };
const result: TaskResult = {
  content: 'yes, sir',
  finishReason: 'stop',
  cached: false,
  usage: { promptTokens: 1, completionTokens: 1 },
  costUsd: 1,
  latencyMs: 5,
};
const started = (task: Task): Task => ({ ...task, status: 'processing', attempts: 1, version: 2 });
const completed = (task: Task): Task => ({
  ...started(task),
  status: 'completed',
  result,
  completedAt: 5,
  version: 3,
});

/** What the worker does with each task that is handed to it. */
type Worker = (
  direct: DirectTask,
  ports: { tasks: MemoryTasks },
) => AsyncIterable<DirectAnswer> | DirectAnswer[];

function setUp(worker: Worker, { waiting = 0, now = 1_000 } = {}) {
  const clock = { now };
  const handed: DirectTask[] = [];
  const results = new Map<string, TaskResult>();
  const noted = new Map<string, { taskId: string; until: number }>();
  /** Done between two looks at a task. */
  const between: (() => void | Promise<void>)[] = [];
  const tasks = createMemoryTasks();
  const ports = {
    tasks,
    queues: createMemoryQueues(),
    states: createMemoryStates({ simulated: waiting, kimi: 0 }),
    cache: createMemoryCache(results),
    keys: createMemoryKeys(),
    gate: createOpenGate(),
    deltas: createMemoryDeltaLog(),
    repeats: {
      note: async (tenant: string, hash: string, taskId: string, until: number) =>
        void noted.set(`${tenant} ${hash}`, { taskId, until }),
      find: async (tenant: string, hash: string, at: number) => {
        const found = noted.get(`${tenant} ${hash}`);
        return found && found.until > at ? found.taskId : undefined;
      },
    },
    directCalls: {
      async *run(direct: DirectTask) {
        handed.push(direct);
        yield* worker(direct, { tasks });
      },
    },
    clock: () => clock.now,
    sleep: async () => {
      const next = between.shift();
      assert.ok(next, 'nothing more is expected to happen');
      await next();
    },
    hostStartedAt: 0,
    onError: (error: unknown) => assert.fail(String(error)),
  } satisfies AnswerTaskPorts;
  const store = (task: Task) => {
    const found = tasks.stored.get(task.taskId);
    tasks.stored.set(task.taskId, { input: { prompt: 'p' }, ...found, task });
  };
  let count = 0;
  const ask = (
    changes: Partial<Question> & { body?: unknown } = {},
    rules: SubmissionRules = makeRules(),
  ): Question => {
    count += 1;
    const request = {
      tenant: 'default',
      body: changes.body ?? body,
      uuid: `uuid-${count}`,
      idempotencyKey: changes.idempotencyKey,
      now: clock.now,
    };
    return { ...taskQuestion(request, 'restarts', rules), ...changes };
  };
  const read = async (question = ask(), signal = new AbortController().signal) => {
    const told: Progress[] = [];
    for await (const step of answerTask(question, 1_000, ports, signal)) told.push(step);
    return told;
  };
  return { ports, tasks, handed, results, noted, between, store, ask, read, clock };
}

const kinds = (told: Progress[]) => told.map(({ kind }) => kind);
const refused: Worker = () => [{ kind: 'refused' }];
const textOf = (told: Progress[]) =>
  told.map((step) => (step.kind === 'delta' ? step.delta.choices[0]?.delta.content : '')).join('');

test('a free worker answers, and nothing is queued', async () => {
  const { read, ports, handed } = setUp(({ task }) => [
    { kind: 'started', task: started(task) },
    { kind: 'delta', delta: textDelta('yes') },
    { kind: 'answered', rateLimits: { 'x-ratelimit-limit-requests': '9' } },
    { kind: 'settled', task: completed(task) },
  ]);
  const told = await read();
  assert.deepEqual(kinds(told), ['state', 'delta', 'limits', 'delta', 'ended']);
  assert.equal(textOf(told), 'yes, sir');
  assert.deepEqual(ports.queues.sent, []);
  assert.deepEqual([handed[0]?.task.priority, handed[0]?.task.config.stream], ['high', 'restarts']);
  assert.equal(handed[0]?.requestHash, undefined);
});

test('where no worker is free the task is queued as urgent, and followed through its row and its log', async () => {
  const { read, ports, between, store, tasks } = setUp(refused);
  const task = () => tasks.stored.get('task_uuid-1')?.task as Task;
  const entry = { attempt: 1, sequence: 0, position: 0, deltas: [textDelta('yes')] };
  between.push(
    () => store(started(task())),
    () => ports.deltas.append(task(), entry),
    () => {},
    () => store(completed(task())),
  );
  const told = await read();
  assert.deepEqual(kinds(told), ['state', 'state', 'delta', 'delta', 'ended']);
  assert.equal(textOf(told), 'yes, sir');
  assert.deepEqual(
    ports.queues.sent.map(({ priority, provider }) => [priority, provider]),
    [['high', task().provider]],
  );
});

test('a caller who says so waits behind others: no worker is asked', async () => {
  const { read, ports, between, store, tasks, handed, ask } = setUp(() => assert.fail('not to be asked'));
  between.push(() => store(completed(tasks.stored.get('task_uuid-1')?.task as Task)));
  await read(ask({ body: { ...body, priority: 'low' } }));
  assert.deepEqual([handed.length, ports.queues.sent[0]?.priority], [0, 'low']);
});

test('full queues refuse only what no worker takes at once, before anything is stored', async () => {
  const free = setUp(({ task }) => [{ kind: 'settled', task: completed(task) }], { waiting: 1_000 });
  assert.deepEqual(kinds(await free.read()), ['delta', 'ended']);
  const full = setUp(refused, { waiting: 1_000 });
  await assert.rejects(full.read(), { code: 'queue_full' });
  assert.equal(full.tasks.stored.size, 0);
});

test('a worker that is lost leaves its task to the queue; what was told of it is called back', async () => {
  const setup = setUp(async function* ({ task }, { tasks }) {
    tasks.stored.set(task.taskId, {
      task: { ...started(task), unqueued: true, leaseUntil: 99_000 },
      input: { prompt: null },
    });
    yield { kind: 'started', task: started(task) };
    yield { kind: 'delta', delta: textDelta('ye') };
    yield { kind: 'lost' };
  });
  const task = () => setup.tasks.stored.get('task_uuid-1')?.task as Task;
  const second = () => ({ ...completed(task()), attempts: 2 });
  setup.between.push(() => setup.store(second()));
  const told = await setup.read();
  assert.deepEqual(kinds(told), ['state', 'delta', 'restart', 'delta', 'ended']);
  assert.equal(setup.ports.queues.sent.length, 1);
});

test('a worker that is lost before it stored anything is as one that was not free', async () => {
  const { read, between, store, tasks, ports } = setUp(() => [{ kind: 'lost' }]);
  between.push(() => store(completed(tasks.stored.get('task_uuid-1')?.task as Task)));
  assert.deepEqual(kinds(await read()), ['state', 'delta', 'ended']);
  assert.equal(ports.queues.sent.length, 1);
});

test('a failed attempt goes on by way of the queue, where its worker has sent it', async () => {
  const setup = setUp(async function* ({ task }, { tasks }) {
    const queued: Task = { ...started(task), status: 'queued', lastEvent: 'retrying' };
    tasks.stored.set(task.taskId, { task: queued, input: { prompt: null } });
    yield { kind: 'started', task: started(task) };
    yield { kind: 'settled', task: queued };
  });
  setup.between.push(() => setup.store(completed(setup.tasks.stored.get('task_uuid-1')?.task as Task)));
  assert.deepEqual(kinds(await setup.read()), ['state', 'state', 'delta', 'ended']);
  assert.deepEqual(setup.ports.queues.sent, []);
});

test('a task whose worker is dead is queued by whoever follows it, once', async () => {
  const setup = setUp(refused, { now: 50_000 });
  const dead = {
    ...started(
      (
        await setUp(refused)
          .ask()
          .prepare(
            { tenant: 'default', taskId: 't', batchId: null, batchIndex: null, now: 50_000 },
            new Map(),
          )
      ).task,
    ),
    unqueued: true,
    leaseUntil: 40_000,
  };
  setup.store({ ...dead, taskId: 'task_uuid-1' });
  setup.between.push(
    () => {},
    () => {},
    () => setup.store({ ...completed(dead), taskId: 'task_uuid-1' }),
  );
  setup.noted.set(`default ${hashRequest(body)}`, { taskId: 'task_uuid-1', until: 90_000 });
  await setup.read(setup.ask({ repeats: 1 }));
  assert.equal(setup.ports.queues.sent.length, 1);
  assert.equal(setup.handed.length, 0);
});

test('a task past its deadline fails for whoever follows it', async () => {
  const { read, between, clock } = setUp(refused);
  between.push(() => {
    clock.now += 400_000;
  });
  const told = await read();
  const last = told.at(-1);
  assert.equal(last?.kind === 'ended' && last.task.error?.code, 'timeout');
});

test('the cache answers before any worker is asked', async () => {
  const { read, results, ask, handed, tasks } = setUp(() => assert.fail('not to be asked'));
  const question = ask({ body: { ...body, config: { cache_enabled: true } } });
  const { task, input } = await question.prepare(
    { tenant: 'default', taskId: 'task_x', batchId: null, batchIndex: null, now: 1_000 },
    new Map(),
  );
  const type = makeRules().types.get('custom');
  assert.ok(type && createCacheKey('default', type, input, task.config) === task.cacheKey);
  results.set(task.cacheKey ?? '', result);
  const told = await read(question);
  assert.deepEqual([textOf(told), handed.length], ['yes, sir', 0]);
  assert.equal(tasks.stored.get('task_uuid-1')?.task.result?.cached, true);
});

test('a key makes one task, whose repeats wait for the same answer; with another body it is refused', async () => {
  const setup = setUp(({ task, input, requestHash }, { tasks }) => {
    tasks.stored.set(task.taskId, { task: completed(task), input, requestHash: requestHash ?? '' });
    return [{ kind: 'settled', task: completed(task) }];
  });
  const first = await setup.read(setup.ask({ idempotencyKey: 'k' }));
  const again = await setup.read(setup.ask({ idempotencyKey: 'k' }));
  const idOf = (told: Progress[]) =>
    told.flatMap((step) => (step.kind === 'ended' ? [step.task.taskId] : []));
  assert.deepEqual(idOf(again), idOf(first));
  assert.equal(setup.handed.length, 1);
  const other = setup.ask({ idempotencyKey: 'k', body: { ...body, prompt: 'Say no' } });
  await assert.rejects(setup.read(other), { code: 'idempotency_key_reused' });
});

test('a repeated request has its answer though it would be refused by now', async () => {
  const setup = setUp(({ task, input, requestHash }, { tasks }) => {
    tasks.stored.set(task.taskId, { task: completed(task), input, requestHash: requestHash ?? '' });
    return [{ kind: 'settled', task: completed(task) }];
  });
  await setup.read(setup.ask({ idempotencyKey: 'k' }));
  for (const rules of [makeRules({ enabled: [] }), makeRules({ types: new Map() })]) {
    await assert.rejects(setup.read(setup.ask({}, rules)));
    assert.deepEqual(kinds(await setup.read(setup.ask({ idempotencyKey: 'k' }, rules))), ['delta', 'ended']);
  }
  assert.equal(setup.handed.length, 1);
});

test('a key whose first request died before its task was stored makes that task', async () => {
  const setup = setUp(({ task }) => [{ kind: 'settled', task: completed(task) }]);
  const first = { requestHash: hashRequest(body), uuid: 'first', madeAt: 1 };
  await setup.ports.keys.take('task', 'default', 'k', first);
  await setup.read(setup.ask({ idempotencyKey: 'k' }));
  assert.equal(setup.handed[0]?.task.taskId, 'task_first');
});

test('the first request with a key wins where two come at once', async () => {
  const setup = setUp(({ task, input, requestHash }, { tasks }) => {
    tasks.stored.set(task.taskId, { task: completed(task), input, requestHash: requestHash ?? '' });
    return [{ kind: 'exists' }];
  });
  assert.deepEqual(kinds(await setup.read(setup.ask({ idempotencyKey: 'k' }))), ['delta', 'ended']);
});

test('a client’s own repeat without a key is the same task while that lasts, but what failed is asked anew', async () => {
  let status: Task['status'] = 'completed';
  const setup = setUp(({ task, input }, { tasks }) => {
    const ended: Task = status === 'completed' ? completed(task) : { ...started(task), status };
    tasks.stored.set(task.taskId, { task: ended, input });
    return [{ kind: 'settled', task: ended }];
  });
  await setup.read(setup.ask({ repeats: 0 }));
  await setup.read(setup.ask({ repeats: 1 }));
  assert.equal(setup.handed.length, 1, 'the repeat');
  await setup.read(setup.ask({ repeats: 0 }));
  assert.equal(setup.handed.length, 2, 'an equal request that is no repeat');
  setup.clock.now += 301_000;
  await setup.read(setup.ask({ repeats: 1 }));
  assert.equal(setup.handed.length, 3, 'a repeat after its time');
  status = 'failed';
  await setup.read(setup.ask({ repeats: 0 }));
  await setup.read(setup.ask({ repeats: 1 }));
  assert.equal(setup.handed.length, 5, 'a repeat of what failed');
});

test('a client’s own repeat is one for an hour at most, however long its task may take', async () => {
  const setup = setUp(({ task }, { tasks }) => {
    const ended = completed(task);
    tasks.stored.set(task.taskId, { task: ended, input: { prompt: null } });
    return [{ kind: 'settled', task: ended }];
  });
  const ask = (repeats: number) => {
    const question = setup.ask({ repeats });
    const prepare: typeof question.prepare = async (...request) => {
      const { task, input } = await question.prepare(...request);
      return { input, task: { ...task, deadlineAt: task.createdAt + 7 * 86_400_000 } };
    };
    return setup.read({ ...question, prepare });
  };
  await ask(0);
  setup.clock.now += 3_599_000;
  await ask(1);
  assert.equal(setup.handed.length, 1);
  setup.clock.now += 2_000;
  await ask(1);
  assert.equal(setup.handed.length, 2, 'an equal request of another time');
});

test('where nobody listens any more the worker goes on, and its task is not queued a second time', async () => {
  const listening = new AbortController();
  const setup = setUp(async function* ({ task }, { tasks }) {
    tasks.stored.set(task.taskId, { task: started(task), input: { prompt: null } });
    yield { kind: 'started', task: started(task) };
    listening.abort();
    yield { kind: 'lost' };
  });
  assert.deepEqual(kinds(await setup.read(setup.ask(), listening.signal)), ['state']);
  assert.deepEqual(setup.ports.queues.sent, []);
});

test('a synchronous call answers the ended task, or at its limit the one that still runs', async (t) => {
  const quick = setUp(({ task }) => [{ kind: 'settled', task: completed(task) }]);
  assert.equal((await processSync(quick.ask(), 1_000, 1_000, quick.ports)).status, 'completed');

  t.mock.timers.enable({ apis: ['setTimeout'] });
  const never = new Promise<DirectAnswer>(() => {});
  const slow = setUp(async function* ({ task }, { tasks }) {
    tasks.stored.set(task.taskId, { task: started(task), input: { prompt: null } });
    yield { kind: 'started', task: started(task) };
    yield await never;
  });
  const answer = processSync(
    slow.ask({ body: { ...body, config: { timeout: '2s' } } }),
    1_000,
    1_000,
    slow.ports,
  );
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(1_999);
  assert.equal(
    await Promise.race([answer, new Promise((resolve) => setImmediate(() => resolve('waits')))]),
    'waits',
  );
  t.mock.timers.tick(1);
  assert.equal((await answer).status, 'processing');
  assert.deepEqual(slow.ports.queues.sent, []);
});

test('a synchronous call throws what refuses it', async () => {
  const { ports, ask } = setUp(refused, { waiting: 1_000 });
  await assert.rejects(processSync(ask(), 1_000, 1_000, ports), { code: 'queue_full' });
  await assert.rejects(processSync(ask({ body: {} }), 1_000, 1_000, ports), { code: 'invalid_request' });
});

test('a function that begins late keeps its caller no longer for it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const slow = setUp(
    async function* ({ task }, { tasks }) {
      tasks.stored.set(task.taskId, { task: started(task), input: { prompt: null } });
      yield { kind: 'started', task: started(task) };
      yield await new Promise<DirectAnswer>(() => {});
    },
    { now: 21_000 },
  );
  const answer = processSync(slow.ask(), 1_000, 1_000, slow.ports);
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(7_000);
  assert.equal((await answer).status, 'processing');
});

test('where the best provider’s worker is not free the next is asked, unless the task is to cost little or is pinned', async () => {
  const setup = setUp(({ task }) =>
    task.provider === 'simulated' ? [{ kind: 'refused' }] : [{ kind: 'settled', task: completed(task) }],
  );
  const providersOf = async (config: object) => {
    setup.handed.length = 0;
    setup.between.length = 0;
    const { taskId } = (
      await setup
        .ask({ body: { ...body, config } })
        .prepare(
          { tenant: 'default', taskId: 'task_x', batchId: null, batchIndex: null, now: 1_000 },
          new Map(),
        )
    ).task;
    assert.ok(taskId);
    setup.between.push(() => {
      for (const { task } of setup.tasks.stored.values()) setup.store(completed(task));
    });
    await setup.read(setup.ask({ body: { ...body, config } }));
    return setup.handed.map(({ task }) => task.provider);
  };
  const free = await providersOf({ strategy: 'speed' });
  assert.deepEqual(free, free[0] === 'simulated' ? ['simulated', 'kimi'] : ['kimi']);
  assert.equal((await providersOf({ strategy: 'cost' })).length, 1);
  assert.deepEqual(await providersOf({ provider: 'simulated' }), ['simulated']);
});

test('the provider that ranks best is asked first', async () => {
  const { read, ask, handed, store, tasks, between } = setUp(refused);
  between.push(() => {
    for (const { task } of tasks.stored.values()) store(completed(task));
  });
  await read(ask({ body: { ...body, config: { strategy: 'speed' } } }));
  const ranking = handed[0]?.task.routing?.ranking.map(({ provider }) => provider);
  assert.equal(ranking?.length, 2);
  assert.deepEqual(
    handed.map(({ task }) => task.provider),
    ranking,
  );
});

test('a task is looked at ever more rarely, once a second while it waits and each 400 ms while it runs', async () => {
  const { read, ports, between, store, tasks } = setUp(refused);
  const task = () => tasks.stored.get('task_uuid-1')?.task as Task;
  const pauses: number[] = [];
  const { sleep } = ports;
  ports.sleep = async (ms?: number) => {
    pauses.push(Math.round(ms ?? 0));
    await sleep();
  };
  between.push(
    ...Array.from({ length: 9 }, () => () => {}),
    () => store(started(task())),
    () => {},
    () => store(completed(task())),
  );
  await read();
  assert.deepEqual(pauses, [60, 90, 135, 203, 304, 456, 683, 1_000, 1_000, 1_000, 400, 400]);
});
