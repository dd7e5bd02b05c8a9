import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatQuestion, type OpenaiRequest } from '../../../../core/openai/chat-question.ts';
import { embeddingQuestion } from '../../../../core/openai/embedding-question.ts';
import { findWireModel, listModels } from '../../../../core/openai/models-wire.ts';
import type { NewTask } from '../../../../core/tasks/task-store.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const messages = [{ role: 'user', content: 'Hi' }];
const identity = { tenant: 'default', taskId: 'task_1', batchId: null, batchIndex: null, now: 1_000 };

function request(body: object, headers: Record<string, string> = {}): OpenaiRequest {
  return {
    tenant: 'default',
    body,
    headers,
    uuid: 'u',
    idempotencyKey: undefined,
    now: 1_000,
    repeats: undefined,
  };
}

async function chat(body: object, headers?: Record<string, string>): Promise<NewTask> {
  const { question } = chatQuestion(request({ model: 'auto', messages, ...body }, headers), makeRules());
  return question.prepare(identity, new Map());
}

test('what the service does not read itself passes on as it came', async () => {
  const tools = [{ type: 'function', function: { name: 'f' } }];
  const { task, input } = await chat({
    tools,
    n: 2,
    stop: ['x'],
    seed: 7,
    logprobs: true,
    user: 'me',
    some_new_option: { a: 1 },
    temperature: 0.5,
    max_completion_tokens: 9,
    max_tokens: null,
    stream: true,
    stream_options: { include_usage: true },
    service_tier: 'auto',
    metadata: { a: 'b' },
    strategy: 'cost',
  });
  assert.deepEqual(input.chat, {
    messages,
    parameters: { tools, n: 2, stop: ['x'], seed: 7, logprobs: true, user: 'me', some_new_option: { a: 1 } },
  });
  assert.deepEqual([task.type, task.metadata], ['chat_completion', { a: 'b' }]);
  const { temperature, maxTokens, stream, strategy } = task.config;
  assert.deepEqual([temperature, maxTokens, stream, strategy], [0.5, 9, 'once', 'cost']);
});

test('a tier is a priority, and whoever waits without one goes first', async () => {
  const priorityOf = async (service_tier?: string) => (await chat({ service_tier })).task.priority;
  assert.deepEqual(
    await Promise.all([undefined, 'auto', 'default', 'flex', 'priority', 'fast'].map(priorityOf)),
    ['high', 'high', 'normal', 'low', 'high', 'high'],
  );
});

test('a model is named by itself, with its provider, or left to the service', async () => {
  const pinOf = async (model: string, more = {}) => {
    const { provider, model: pinned, failover } = (await chat({ model, ...more })).task.config;
    return [provider, pinned, failover];
  };
  assert.deepEqual(await pinOf('auto'), [undefined, undefined, true]);
  assert.deepEqual(await pinOf('simulated'), [undefined, 'simulated', false]);
  assert.deepEqual(await pinOf('simulated/simulated'), ['simulated', 'simulated', false]);
  assert.deepEqual(await pinOf('kimi/auto'), ['kimi', undefined, false]);
  assert.deepEqual(await pinOf('kimi/auto', { failover: true }), ['kimi', undefined, true]);
  assert.deepEqual(await pinOf('auto', { provider: 'kimi' }), ['kimi', undefined, false]);
  await assert.rejects(chat({ model: 'nobody/has-it' }), { code: 'invalid_request' });
});

test('own options come by body or header, the body’s first, and are checked', async () => {
  const headers = {
    'x-llm-timeout': '30s',
    'x-llm-max-retries': '1',
    'x-llm-cache-enabled': 'true',
    'x-llm-strategy': 'speed',
  };
  const { task } = await chat({ strategy: 'quality' }, headers);
  assert.deepEqual([task.deadlineAt - task.createdAt, task.config.maxRetries], [30_000, 1]);
  assert.deepEqual([task.config.cacheEnabled, task.config.strategy], [true, 'quality']);
  assert.notEqual(task.cacheKey, null);
  await assert.rejects(chat({ strategy: 'best' }), ({ faults }) => faults[0].pointer === '/strategy');
  await assert.rejects(chat({ timeout: '99h' }), ({ faults }) => faults[0].pointer === '/timeout');
  await assert.rejects(
    chat({ callback_url: 'http://127.0.0.1/' }),
    ({ faults }) => faults[0].pointer === '/callback_url',
  );
});

test('a client’s patience is the default, where the service allows so much', async () => {
  const { question } = chatQuestion(
    request({ model: 'auto', messages }),
    makeRules({ taskTimeoutMs: 3_600_000 }),
  );
  const { task } = await question.prepare(identity, new Map());
  assert.equal(task.deadlineAt - task.createdAt, 600_000);
  assert.equal((await chat({})).task.deadlineAt - 1_000, 300_000);
});

test('what makes another answer makes another key of the cache', async () => {
  const keyOf = async (body: object) => (await chat({ cache_enabled: true, ...body })).task.cacheKey;
  const bodies = [
    {},
    { n: 2 },
    { stop: 'x' },
    { seed: 1 },
    { tools: [] },
    { messages: [...messages, ...messages] },
    { temperature: 1 },
  ];
  const keys = await Promise.all(bodies.map(keyOf));
  assert.equal(new Set(keys).size, bodies.length);
  assert.equal(await keyOf({ stream: true }), keys[0]);
  assert.equal(await keyOf({ service_tier: 'flex', user: undefined }), keys[0]);
});

test('a body that is none is refused by its parameter', () => {
  const refuse = (body: object) => {
    try {
      chatQuestion(request(body), makeRules());
    } catch (error) {
      return (error as { faults: { pointer: string }[] }).faults.map(({ pointer }) => pointer);
    }
    return assert.fail('it was taken');
  };
  assert.deepEqual(refuse({ messages }), ['/model']);
  assert.deepEqual(refuse({ model: 'auto', messages: [] }), ['/messages']);
  assert.deepEqual(refuse({ model: 'auto', messages: [{ content: 'x' }] }), ['/messages/0/role']);
  assert.deepEqual(refuse({ model: 'auto', messages, temperature: 3 }), ['/temperature']);
});

test('vectors are asked of a model for vectors, and never of another one', async () => {
  const question = embeddingQuestion(
    request({ model: 'auto', input: ['a', 'b'], dimensions: 8, encoding_format: 'base64', strategy: 'cost' }),
    makeRules(),
  );
  const { task, input } = await question.prepare(identity, new Map());
  assert.deepEqual(input.embedding, {
    input: ['a', 'b'],
    parameters: { dimensions: 8, encoding_format: 'base64' },
  });
  assert.deepEqual(
    [task.type, task.model, task.config.failover],
    ['embedding', 'simulated-embedding', false],
  );
});

test('models are listed with their providers, and found by either name', () => {
  const models = listModels(makeRules().enabled, new Map());
  assert.equal(models[0]?.id, 'auto');
  assert.ok(models.every(({ object, created }) => object === 'model' && Number.isInteger(created)));
  assert.equal(findWireModel(models, 'simulated')?.id, 'simulated/simulated');
  assert.equal(findWireModel(models, 'simulated/simulated')?.owned_by, 'simulated');
  assert.equal(findWireModel(models, 'nobody'), undefined);
});
