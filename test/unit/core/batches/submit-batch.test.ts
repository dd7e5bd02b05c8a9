import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BatchSubmission, submitBatch } from '../../../../core/batches/submit-batch.ts';
import { ServiceError } from '../../../../core/service-error.ts';
import { idempotencyMs } from '../../../../core/tasks/idempotency.ts';
import {
  createMemoryBatches,
  createMemoryQueues,
  createMemoryStates,
  createMemoryTasks,
} from '../../../fakes/memory-submissions.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const good = { type: 'custom', prompt: 'Say yes' };
const bad = { type: 'custom', promt: 'Say yes' };

function setUp(waiting = 0) {
  const ports = {
    batches: createMemoryBatches(),
    tasks: createMemoryTasks(),
    queues: createMemoryQueues(),
    states: createMemoryStates({ simulated: waiting, kimi: 0 }),
  };
  let count = 0;
  const makeUuid = () => `uuid-${++count}`;
  const submit = (tasks: unknown, changes: Partial<BatchSubmission> = {}) =>
    submitBatch(
      {
        tenant: 'default',
        body: { tasks },
        uuid: makeUuid(),
        makeUuid,
        idempotencyKey: undefined,
        now: 1_000,
        ...changes,
      },
      makeRules(),
      ports,
    );
  return { ...ports, submit };
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
  assert.equal(batches.stored.get(batchId)?.total, 2);
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
  assert.equal(batches.stored.size + tasks.stored.size + queues.sent.length, 0);
});

test('the same key makes each task once, whatever an earlier try did not get done', async () => {
  const { submit, tasks, queues } = setUp();
  const first = await submit([good, bad, good], { idempotencyKey: 'k' });
  const lost = first.tasks[2] as string;
  tasks.stored.delete(lost);
  const second = await submit([good, bad, good], { idempotencyKey: 'k' });
  assert.equal(second.batchId, first.batchId);
  assert.equal(second.tasks[0], first.tasks[0]);
  assert.equal(second.tasks[2], lost);
  assert.equal(queues.sent.length, 3);
  assert.equal(queues.sent[2]?.message.taskId, lost);
});

test('the same key with another batch is refused', async () => {
  const { submit } = setUp();
  await submit([good], { idempotencyKey: 'k' });
  await assert.rejects(submit([good, good], { idempotencyKey: 'k' }), { code: 'idempotency_key_reused' });
});

test('a key counts for 24 hours', async () => {
  const { submit, tasks } = setUp();
  const first = await submit([good], { idempotencyKey: 'k' });
  const second = await submit([good, good], { idempotencyKey: 'k', now: 1_000 + idempotencyMs });
  assert.notEqual(second.batchId, first.batchId);
  assert.equal(tasks.stored.size, 3);
});
