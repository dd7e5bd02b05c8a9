import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenaiRequest } from '../../../../core/openai/chat-question.ts';
import { responseQuestion } from '../../../../core/responses/response-question.ts';
import { ServiceError } from '../../../../core/service-error.ts';
import type { NewTask } from '../../../../core/tasks/task-store.ts';
import { createMemoryTasks } from '../../../fakes/memory-submissions.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const identity = { tenant: 'default', taskId: 'task_1', batchId: null, batchIndex: null, now: 1_000 };
const day = 86_400_000;

function ask(body: object, headers: Record<string, string> = {}) {
  const request: OpenaiRequest = {
    ...{ tenant: 'default', body: { model: 'auto', input: 'Hi', ...body }, headers, uuid: 'u', now: 1_000 },
    ...{ idempotencyKey: undefined, repeats: undefined },
  };
  return responseQuestion(request, makeRules(), { tasks: createMemoryTasks() });
}

const prepare = (...request: Parameters<typeof ask>): Promise<NewTask> =>
  ask(...request).question.prepare(identity, new Map());

test('a background response lives as long as results are kept, or as its caller says, up to that', async () => {
  const lifeOf = async (body: object) => {
    const { task } = await prepare(body);
    return task.deadlineAt - task.createdAt;
  };
  const background = true;
  assert.equal(await lifeOf({ background }), 7 * day);
  assert.equal(await lifeOf({ background, timeout: '2d' }), 2 * day);
  assert.equal(await lifeOf({}), 300_000, 'who waits has what all tasks have');
  await assert.rejects(prepare({ background, timeout: '8d' }), /\/timeout/);
  await assert.rejects(prepare({ timeout: '2d' }), /\/timeout/);
});

test('nobody waits for a background response: it is queued, as normal, and its pieces are kept if they are told', async () => {
  const seen = async (body: object) => {
    const { question } = ask(body);
    const { task } = await prepare(body);
    return [task.priority, task.config.stream, question.isQueued, question.reads];
  };
  assert.deepEqual(await seen({ background: true }), ['normal', undefined, true, false]);
  assert.deepEqual(await seen({ background: true, stream: true }), ['normal', 'kept', true, true]);
  assert.deepEqual(await seen({ background: true, service_tier: 'fast' }), ['high', undefined, true, false]);
  assert.deepEqual(await seen({ background: true, service_tier: 'flex' }), ['low', undefined, true, false]);
  assert.deepEqual(await seen({ stream: true }), ['high', 'once', undefined, true]);
});

test('what is not to be stored is not cached either, unless the caller says so', async () => {
  const steady = { temperature: 0, model: 'simulated' };
  assert.notEqual((await prepare(steady)).task.cacheKey, null);
  assert.equal((await prepare({ ...steady, store: false })).task.cacheKey, null);
  assert.notEqual((await prepare({ ...steady, store: false, cache_enabled: true })).task.cacheKey, null);
});

test('own options come by headers too, and no header makes a field unknown', async () => {
  const { task } = await prepare({}, { 'x-llm-priority': 'low', 'x-llm-strategy': 'cost' });
  assert.deepEqual([task.priority, task.config.strategy, task.type], ['low', 'cost', 'response']);
});

test('a list that is far too long is refused before each of its members is looked at', () => {
  const long = Array.from({ length: 10_001 }, () => ({ role: 'nobody' }));
  for (const body of [
    { input: long },
    { input: [{ role: 'user', content: long }] },
    { tools: long },
    { include: long },
  ])
    assert.throws(
      () => ask(body),
      (error: unknown) =>
        error instanceof ServiceError && /more than/.test(error.message) && error.faults.length === 1,
    );
});
