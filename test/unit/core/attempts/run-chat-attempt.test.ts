import assert from 'node:assert/strict';
import test from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { taskTypes } from '../../../../config/task-types.ts';
import type { ChatChoice, ChatDelta } from '../../../../core/attempts/chat.ts';
import type {
  ChatReply,
  ChatRequest,
  EmbeddingReply,
  EmbeddingRequest,
} from '../../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { createRunAttempt } from '../../../../core/attempts/run-attempt.ts';
import type { Provider } from '../../../../core/providers/provider.ts';
import type { TaskInput } from '../../../../core/tasks/task.ts';
import { makeProvider } from '../routing/make-provider.ts';
import { makeTask, type TaskOptions } from './make-task.ts';

const never = new AbortController().signal;
const usage = { promptTokens: 100, completionTokens: 10 };

type Answer = (request: ChatRequest) => Promise<Partial<ChatReply>>;

function setUp(answers: (Partial<ChatReply> | Answer)[], row: Partial<Provider> = {}) {
  const requests: ChatRequest[] = [];
  const embeddings: EmbeddingRequest[] = [];
  const provider = {
    ...makeProvider('first', { name: 'model' }, { defaultModel: 'model' }).definition,
    ...row,
  };
  const runAttempt = createRunAttempt({
    provider,
    languageModel: {
      async complete(request) {
        requests.push(request);
        const answer = answers[requests.length - 1] ?? {};
        const reply = typeof answer === 'function' ? await answer(request) : answer;
        return { content: '', finishReason: 'stop', usage, providerRequestId: null, ...reply };
      },
      async embed(request): Promise<EmbeddingReply> {
        embeddings.push(request);
        return { data: [{ index: 0 }], usage, model: 'model-2', holdBackMs: 5, rateLimits: { a: 'b' } };
      },
    },
    schemas: createJsonSchemas(),
    taskTypes,
    isEnabled: () => true,
    contextWindow: () => undefined,
    now: () => 1_000,
    random: () => 0.5,
  });
  const told: ChatDelta[] = [];
  const run = (input: Partial<TaskInput>, task: TaskOptions = {}) =>
    runAttempt(
      makeTask(task),
      { prompt: null, ...input },
      never,
      async () => {},
      (delta) => void told.push(delta),
    );
  const resultOf = async (...call: Parameters<typeof run>) => {
    const { outcome } = await run(...call);
    assert.equal(outcome.kind, 'completed');
    return outcome.kind === 'completed' ? outcome.result : assert.fail();
  };
  return { run, resultOf, requests, embeddings, told };
}

const chat = (parameters: Record<string, unknown> = {}, messages = [{ role: 'user', content: 'hi' }]) => ({
  chat: { messages, parameters },
});
const choice = (message: object = {}, more: object = {}): ChatChoice => ({
  index: 0,
  message: { role: 'assistant', content: 'hello', ...message },
  finish_reason: 'stop',
  ...more,
});
const delta: ChatDelta = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] };

test('a chat of the caller goes to the model as it came, without the rules of a task type', async () => {
  const { run, requests } = setUp([{}]);
  await run(chat({ seed: 1 }), { type: 'no such type', config: { maxTokens: 7 } });
  const [{ messages, parameters, temperature, maxTokens, responseSchema } = {} as ChatRequest] = requests;
  assert.deepEqual(messages, [{ role: 'user', content: 'hi' }]);
  assert.deepEqual(
    [parameters, temperature, maxTokens, responseSchema],
    [{ seed: 1 }, undefined, 7, undefined],
  );
});

test('choices are kept only where they say more than the text and its end', async () => {
  const kept = async (...choices: ChatChoice[]) => {
    const { resultOf } = setUp([{ content: 'hello', choices }]);
    return (await resultOf(chat())).choices;
  };
  assert.equal(await kept(choice({ refusal: null, annotations: [] })), undefined);
  for (const more of [
    [choice(), choice({}, { index: 1 })],
    [choice({ tool_calls: [{ id: 'x' }] })],
    [choice({ refusal: 'no' })],
    [choice({ reasoning_content: 'hm' })],
    [choice({}, { logprobs: { content: [] } })],
  ])
    assert.deepEqual(await kept(...more), more);
});

test('the model that answered is named only where it is another than the task’s', async () => {
  const modelOf = async (model: string, input: Partial<TaskInput>) =>
    (await setUp([{ content: 'x', model, choices: [choice()] }]).resultOf(input)).model;
  assert.equal(await modelOf('model', chat()), undefined);
  assert.equal(await modelOf('model-2026', chat()), 'model-2026');
  assert.equal(await modelOf('model-2026', { prompt: 'hi' }), undefined);
});

test('JSON is asked for in words where the request cannot ask for it', async () => {
  const format = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'integer' } } };
  const firstOf = async (structuredOutput: Provider['structuredOutput'], response_format: object) => {
    const { run, requests } = setUp([{}], { structuredOutput });
    await run(chat({ response_format }));
    return requests[0]?.messages.map(({ content }) => String(content)) ?? [];
  };
  assert.deepEqual(await firstOf('json_schema', format), ['hi']);
  for (const way of ['json_object', 'prompt'] as const) {
    const [rules, ...rest] = await firstOf(way, format);
    assert.match(rules ?? '', /one JSON value[\s\S]*whole number/);
    assert.deepEqual(rest, ['hi']);
  }
  assert.deepEqual(await firstOf('json_object', { type: 'json_object' }), ['hi']);
  assert.match((await firstOf('prompt', { type: 'json_object' }))[0] ?? '', /one JSON value/);
  assert.deepEqual(await firstOf('prompt', { type: 'text' }), ['hi']);
});

test('the words stand in the system message where there is one', async () => {
  const { run, requests } = setUp([{}], { structuredOutput: 'prompt' });
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'hi' },
  ];
  await run(chat({ response_format: { type: 'json_object' } }, messages));
  assert.equal(requests[0]?.messages.length, 2);
  assert.match(String(requests[0]?.messages[0]?.content), /^Be brief\.\n\nAnswer with one JSON value/);
});

test('vectors are a result without text', async () => {
  const { run, embeddings } = setUp([]);
  const report = await run({ embedding: { input: ['a'], parameters: { dimensions: 2 } } });
  assert.deepEqual(report, {
    outcome: {
      kind: 'completed',
      result: {
        content: '',
        data: [{ index: 0 }],
        finishReason: 'stop',
        cached: false,
        usage,
        costUsd: 0.000_11,
        latencyMs: 0,
        model: 'model-2',
      },
    },
    usage,
    costUsd: 0.000_11,
    failure: undefined,
    holdBackMs: 5,
    rateLimits: { a: 'b' },
  });
  const [{ model, input, parameters } = {} as EmbeddingRequest] = embeddings;
  assert.deepEqual([model, input, parameters], ['model', ['a'], { dimensions: 2 }]);
});

test('pieces are told of chats, texts and the first answer of JSON, but not of its repair', async () => {
  const tell: Answer = async ({ onDelta }) => {
    onDelta?.(delta);
    return { content: 'x', choices: [choice()] };
  };
  const byChat = setUp([tell]);
  await byChat.run(chat());
  const byText = setUp([tell]);
  await byText.run({ prompt: 'hi' });
  const byJson = setUp([tell, tell]);
  await byJson.run({ data: 'hallo' }, { type: 'translation' });
  assert.equal(byJson.requests.length, 2);
  assert.deepEqual([byChat.told, byText.told, byJson.told], [[delta], [delta], [delta]]);
});

test('without a listener no stream is asked for', async () => {
  const requests: ChatRequest[] = [];
  const runAttempt = createRunAttempt({
    provider: makeProvider('first', { name: 'model' }, { defaultModel: 'model' }).definition,
    languageModel: {
      async complete(request) {
        requests.push(request);
        return { content: '', finishReason: 'stop', usage, providerRequestId: null };
      },
      embed: () => assert.fail(),
    },
    schemas: createJsonSchemas(),
    taskTypes,
    isEnabled: () => true,
    contextWindow: () => undefined,
    now: () => 1_000,
    random: () => 0.5,
  });
  await runAttempt(makeTask(), { prompt: 'hi' }, never, async () => {});
  assert.equal(requests[0]?.onDelta, undefined);
});

const cut =
  (tells: boolean, kind: 'outage' | 'overloaded' = 'outage'): Answer =>
  async ({ onDelta }) => {
    if (tells) onDelta?.(delta);
    throw new ProviderFailure(kind, 'first broke off its answer', { usage });
  };

test('a failure after a piece was told ends a task whose caller reads it once, and is paid', async () => {
  const outcomeOf = async (stream: 'once' | 'restarts' | undefined, tells: boolean, kind?: 'overloaded') => {
    const { run } = setUp([cut(tells, kind)]);
    return run(chat(), { ranking: ['first', 'second'], config: { stream } });
  };
  const { outcome, costUsd, usage: paid } = await outcomeOf('once', true);
  assert.deepEqual(outcome, {
    kind: 'failed',
    error: {
      code: 'provider_error',
      message: 'first broke off its answer',
      provider: 'first',
      retryable: true,
    },
  });
  assert.deepEqual([paid, costUsd], [usage, 0.000_11]);
  assert.equal((await outcomeOf('once', true, 'overloaded')).outcome.kind, 'failed');
  assert.equal((await outcomeOf('once', false)).outcome.kind, 'retry');
  assert.equal((await outcomeOf('once', false, 'overloaded')).outcome.kind, 'failover');
  assert.equal((await outcomeOf('restarts', true)).outcome.kind, 'retry');
  assert.equal((await outcomeOf(undefined, true, 'overloaded')).outcome.kind, 'failover');
});

test('the headers of rate limits are reported, also of a structured answer', async () => {
  const rateLimits = { 'x-ratelimit-remaining-tokens': '5' };
  const good = '{"translation":"hello","source_language":"de","target_language":"en"}';
  const { run } = setUp([{ content: good, rateLimits }]);
  assert.deepEqual((await run({ data: 'hallo' }, { type: 'translation' })).rateLimits, rateLimits);
});
