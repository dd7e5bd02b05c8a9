import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchTaskId } from '../../../../core/batches/batch-tasks.ts';
import { type BatchSubmission, submitBatch } from '../../../../core/batches/submit-batch.ts';
import { ServiceError } from '../../../../core/service-error.ts';
import { toProblem } from '../../../../functions/http/middleware/to-problem.ts';
import {
  createMemoryBatches,
  createMemoryKeys,
  createMemoryQueues,
  createMemoryStates,
  createMemoryTasks,
  createOpenGate,
} from '../../../fakes/memory-submissions.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const good = { type: 'custom', prompt: 'Say yes' };
const bad = { type: 'custom', promt: 'Say yes' };

function setUp(waiting = 0) {
  const { stored: batches, ...stores } = createMemoryBatches();
  const errors: unknown[] = [];
  const ports = {
    ...stores,
    tasks: createMemoryTasks(),
    queues: createMemoryQueues(),
    states: createMemoryStates({ simulated: waiting, kimi: 0 }),
    keys: createMemoryKeys(),
    gate: createOpenGate(),
    onError: (error: unknown) => void errors.push(error),
  };
  let count = 0;
  const submit = (tasks: unknown, changes: Partial<BatchSubmission> = {}, rules = makeRules()) =>
    submitBatch(
      {
        tenant: 'default',
        body: { tasks },
        uuid: `uuid-${++count}`,
        seed: `seed-${count}`,
        idempotencyKey: undefined,
        now: 1_000,
        ...changes,
      },
      rules,
      ports,
    );
  return { ...ports, batches, ports, errors, submit };
}

test('one bad task does not refuse the others', async () => {
  const { submit, batches, tasks, queues } = setUp();
  const { batchId, tasks: answers } = await submit([good, bad, good]);
  assert.deepEqual(
    answers.map((answer) => typeof answer),
    ['string', 'object', 'string'],
  );
  const refusal = answers[1];
  assert(refusal instanceof ServiceError);
  assert.deepEqual(refusal.faults.map(({ pointer }) => pointer).sort(), ['/tasks/1/promt']);
  assert.equal(batches.get(batchId)?.total, 2);
  assert.deepEqual(
    [...tasks.stored.values()].map(({ task }) => [task.batchId, task.batchIndex]),
    [
      [batchId, 0],
      [batchId, 2],
    ],
  );
  assert.equal(queues.sent.length, 2);
});

test('an unknown pinned provider refuses that task alone', async () => {
  const { submit } = setUp();
  const { tasks } = await submit([{ ...good, config: { provider: 'nobody' } }, good]);
  const refusal = tasks[0];
  assert(refusal instanceof ServiceError);
  assert.equal(refusal.faults[0]?.pointer, '/tasks/0/config/provider');
  assert.equal(typeof tasks[1], 'string');
});

test('a batch has from 1 to 1,000 tasks', async () => {
  const { submit } = setUp();
  for (const tasks of [[], Array(1001).fill(good), 'none', undefined])
    await assert.rejects(submit(tasks), { code: 'invalid_request' });
});

test('a batch whose own callback is refused is refused whole', async () => {
  const { submit, tasks } = setUp();
  const body = { tasks: [good], callback_url: 'https://10.0.0.1/' };
  await assert.rejects(submit([], { body }), (error: ServiceError) => {
    assert.deepEqual(
      error.faults.map(({ pointer }) => pointer),
      ['/callback_url'],
    );
    return true;
  });
  assert.equal(tasks.stored.size, 0);
});

test('a batch that the queues cannot take is refused whole, before anything is stored', async () => {
  const { submit, batches, tasks, queues } = setUp(999);
  await assert.rejects(submit([good, good]), { code: 'queue_full' });
  assert.equal(batches.size + tasks.stored.size + queues.sent.length, 0);
});

test('the same key answers what was answered, whatever is true by then', async () => {
  const { submit, states, tasks, queues } = setUp();
  const first = await submit([good, bad, good], { idempotencyKey: 'k' });
  states.noteAccepted('kimi', 'normal', 1_000);
  for (const rules of [
    makeRules(),
    makeRules({ enabled: [], maxQueueSize: 9_999 }),
    makeRules({ types: new Map(), maxQueueSize: 9_999 }),
  ])
    assert.deepEqual(await submit([good, bad, good], { idempotencyKey: 'k' }, rules), first);
  assert.deepEqual([tasks.stored.size, queues.sent.length], [2, 2]);
});

/** A submission that does not come to its end: the call fails, and nothing is done any more. */
for (const [call, where] of [
  ['create', 'tasks'],
  ['create', 'batches'],
] as const)
  test(`a batch whose submission died at ${where}.${call} was not accepted, and is made by a repeat`, async () => {
    const { submit, ports, batches, queues } = setUp();
    const intact = ports[where][call];
    ports[where][call] = async (): Promise<never> => Promise.reject(new Error('throttled'));
    await assert.rejects(submit([good, good], { idempotencyKey: 'k' }), /throttled/);
    assert.deepEqual([batches.size, queues.sent.length], [0, 0]);
    ports[where][call] = intact as never;
    const early = submit([good, good], { idempotencyKey: 'k', now: 30_999 });
    await assert.rejects(early, { code: 'conflict' }, 'the first may be at work still');
    const { batchId, tasks } = await submit([good, good], { idempotencyKey: 'k', now: 31_000 });
    assert.equal(batches.get(batchId)?.total, 2);
    assert.deepEqual(
      queues.sent.map(({ message }) => message.taskId),
      tasks,
    );
  });

test('rows are written before the batch that accepts them, and messages come last', async () => {
  const { submit, ports } = setUp();
  const order: string[] = [];
  const note = <Call extends (...args: never[]) => Promise<unknown>>(name: string, call: Call) =>
    ((...args: Parameters<Call>) => {
      order.push(name);
      return call(...args);
    }) as Call;
  ports.tasks.create = note('tasks', ports.tasks.create);
  ports.batches.create = note('batch', ports.batches.create);
  ports.queues.enqueue = note('messages', ports.queues.enqueue);
  await submit([good]);
  assert.deepEqual(order, ['tasks', 'batch', 'messages']);
});

test('the tasks of a batch go by their tickets where the provider takes twice as many, those before it counted', async () => {
  for (const [count, isCarried] of [
    [3, true],
    [4, false],
  ] as const) {
    const { submit, ports } = setUp(17);
    await submit(Array.from({ length: count }, () => ({ ...good, config: { provider: 'simulated' } })));
    const carried = ports.queues.sent.map((sent) => sent.isCarried ?? false);
    assert.deepEqual(carried, Array(count).fill(isCarried));
  }
});

test('a batch that is accepted stays so though its messages could not be sent', async () => {
  const { submit, ports, errors, batches } = setUp();
  ports.queues.enqueue = async () => Promise.reject(new Error('SQS is away'));
  const { batchId, tasks } = await submit([good]);
  assert.equal(tasks.length, 1);
  assert.equal(batches.get(batchId)?.total, 1);
  assert.equal(errors.length, 1);
});

test('ids of tasks are those of the try that was accepted, and of no other', async () => {
  const { submit, batches } = setUp();
  const { batchId, tasks } = await submit([good, good]);
  const seed = batches.get(batchId)?.seed ?? '';
  assert.deepEqual(tasks, [batchTaskId(seed, 0), batchTaskId(seed, 1)]);
  assert.notEqual(batchTaskId('another', 0), tasks[0]);
});

test('an answer tells so little of so many refused tasks that it is no larger than 6 MB', async () => {
  const { submit } = setUp();
  // Each is a control character: seven bytes in an answer.
  const names = Array.from({ length: 9 }, (_, index) => `${index}${'\u0001'.repeat(250)}`);
  const worst = { ...good, ...Object.fromEntries(names.map((name) => [name, 1])) };
  const { tasks } = await submit(Array(1_000).fill(worst));
  const problems = tasks.map((task, index) => ({ index, error: toProblem(task) }));
  assert.ok(Buffer.byteLength(JSON.stringify(JSON.stringify(problems))) < 5_800_000);
});

test('the same key with another batch is refused', async () => {
  const { submit } = setUp();
  await submit([good], { idempotencyKey: 'k' });
  await assert.rejects(submit([good, good], { idempotencyKey: 'k' }), { code: 'idempotency_key_reused' });
});

test('a key counts for 24 hours', async () => {
  const { submit, tasks } = setUp();
  const day = 24 * 3_600_000;
  const first = await submit([good], { idempotencyKey: 'k' });
  assert.deepEqual(await submit([good], { idempotencyKey: 'k', now: 1_000 + day - 1 }), first);
  const second = await submit([good, good], { idempotencyKey: 'k', now: 1_000 + day });
  assert.notEqual(second.batchId, first.batchId);
  assert.equal(tasks.stored.size, 3);
});

test('of the first hundred refused tasks some faults each are told, of the others the first alone', async () => {
  const wrong = { ...bad, one: 1, two: 2, three: 3, four: 4, five: 5 };
  const { submit } = setUp();
  const { tasks } = await submit([...Array(103).fill(wrong), good]);
  const told = tasks.map((answer) => (answer instanceof ServiceError ? answer.faults.length : 0));
  assert.deepEqual([told[0], told[99], told[100], told[102], told[103]], [5, 5, 1, 1, 0]);
});
