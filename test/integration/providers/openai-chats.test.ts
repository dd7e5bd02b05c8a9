import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createLanguageModel } from '../../../adapters/language-models.ts';
import { findProvider } from '../../../config/providers.ts';
import type { ChatDelta } from '../../../core/attempts/chat.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { answer, completion, startProvider } from './start-provider.ts';

/** Asks for a chat and is answered with this. */
async function ask(
  t: TestContext,
  body: unknown,
  request: Partial<ChatRequest> = { parameters: {} },
  headers: Record<string, string> = {},
) {
  const { baseUrl } = await startProvider(t, answer(body, 200, headers));
  const provider = findProvider('openai') as Provider;
  const model = createLanguageModel({
    provider,
    baseUrl,
    readKey: async () => 'sk-test',
    now: Date.now,
    random: Math.random,
  });
  return model.complete({
    model: provider.defaultModel,
    messages: [{ role: 'user', content: 'hello' }],
    signal: new AbortController().signal,
    ...request,
  });
}

async function failureOf(call: Promise<unknown>): Promise<ProviderFailure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProviderFailure, String(error));
  return error;
}

const choice = (message: object, more: object = {}) => ({
  index: 0,
  message,
  finish_reason: 'stop',
  ...more,
});

test('a chat of the caller is told every choice, the model and the rate limits', async (t) => {
  const choices = [
    choice({ role: 'assistant', content: 'a', reasoning_content: 'hm' }, { logprobs: { content: [] } }),
    choice({ role: 'assistant', content: null, refusal: 'no' }, { index: 1 }),
  ];
  const headers = { 'x-ratelimit-limit-tokens': '9', 'x-other': '1' };
  const reply = await ask(t, completion(null, { choices }), { parameters: { n: 2 } }, headers);
  assert.deepEqual(
    [reply.content, reply.model, reply.rateLimits],
    ['a', 'm', { 'x-ratelimit-limit-tokens': '9' }],
  );
  assert.deepEqual(reply.choices, [
    {
      index: 0,
      message: { role: 'assistant', content: 'a', reasoning_content: 'hm' },
      finish_reason: 'stop',
      logprobs: { content: [] },
    },
    { index: 1, message: { role: 'assistant', content: null, refusal: 'no' }, finish_reason: 'stop' },
  ]);
});

test('calls of tools are told with an id, whatever the provider calls the end', async (t) => {
  const tool_calls = [
    { index: 3, id: 'call_a', type: 'function', function: { name: 'f', arguments: '{}' } },
    { function: { name: 'g', arguments: { a: 1 } } },
  ];
  const reply = await ask(t, completion(null, { choices: [choice({ content: '', tool_calls })] }));
  const calls = reply.choices?.[0]?.message.tool_calls as { id: string }[];
  assert.equal(reply.finishReason, 'tool_calls');
  assert.deepEqual(
    calls[0],
    tool_calls[0] && { id: 'call_a', type: 'function', function: tool_calls[0].function },
  );
  assert.match(calls[1]?.id ?? '', /^call_/);
  assert.deepEqual(
    { ...calls[1], id: '' },
    { id: '', type: 'function', function: { name: 'g', arguments: '{"a":1}' } },
  );
});

test('a filtered answer is told to a chat of the caller, and ends a task with what it cost', async (t) => {
  const body = completion('par', {}, { finish_reason: 'content_filter' });
  assert.equal((await ask(t, body)).finishReason, 'content_filter');
  const failure = await failureOf(ask(t, body, {}));
  assert.deepEqual([failure.kind, failure.usage?.promptTokens], ['content_filtered', 12]);
});

test('typed blocks are joined to one text, thoughts left out', async (t) => {
  const content = [
    { type: 'thinking', thinking: 'hm' },
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'one ' },
    'two',
    null,
  ];
  assert.equal((await ask(t, completion(null, { choices: [choice({ content })] }), {})).content, 'one two');
});

test('content that is no text is no answer, and another finish reason than a text says only that it ended', async (t) => {
  const failure = await failureOf(ask(t, completion(null, { choices: [choice({ content: 5 })] })));
  assert.deepEqual([failure.kind, failure.retryable], ['outage', true]);
  assert.equal((await ask(t, completion('x', {}, { finish_reason: 5 }))).finishReason, 'stop');
});

test('counts in other forms and places are read, and none that is no number', async (t) => {
  const usageOf = async (usage: unknown) => (await ask(t, completion('some words', { usage }), {})).usage;
  assert.deepEqual(await usageOf({ prompt_tokens: '73', completion_tokens: 2.4, cached_tokens: 70 }), {
    promptTokens: 73,
    completionTokens: 2,
    cachedPromptTokens: 70,
  });
  assert.deepEqual(await usageOf({ prompt_tokens: 5, completion_tokens: 1, prompt_cache_hit_tokens: 4 }), {
    promptTokens: 5,
    completionTokens: 1,
    cachedPromptTokens: 4,
  });
  for (const usage of [undefined, null, [], 'much', { prompt_tokens: -1, completion_tokens: [3] }]) {
    const { promptTokens, completionTokens } = await usageOf(usage);
    assert.ok(promptTokens > 0 && completionTokens > 0, JSON.stringify(usage));
  }
});

test('an error inside an answer of status 200 is what its code says', async (t) => {
  const kindOf = async (body: object) => (await failureOf(ask(t, body))).kind;
  const failed = (error: object) => completion('', {}, { finish_reason: 'error', error });
  assert.equal(await kindOf(failed({ code: 429, message: 'x' })), 'rate_limited');
  assert.equal(await kindOf(failed({ code: 401, message: 'x' })), 'auth');
  assert.equal(await kindOf(completion('', {}, { finish_reason: 'error' })), 'outage');
  assert.equal(await kindOf(completion('', { error: { code: 402, message: 'x' } })), 'quota');
  assert.equal(
    await kindOf({ object: 'error', message: 'x', type: 'BadRequestError', code: 400 }),
    'refused',
  );
  assert.equal(await kindOf({ error: { message: 'The prompt is too long: 9 > 4 tokens' } }), 'too_long');
  const broken = (finish_reason: string) => kindOf(completion('Hel', {}, { finish_reason }));
  assert.deepEqual(
    [await broken('insufficient_system_resource'), await broken('network_error')],
    ['overloaded', 'outage'],
  );
  for (const error of [null, '', {}, { code: 0, message: '' }])
    assert.equal((await ask(t, completion('fine', { error }))).content, 'fine', 'an empty error is none');
});

test("thoughts in the text of a caller's own chat come where other providers tell theirs, in a stream too", async (t) => {
  const body = completion('<think>Hm.</think>\n\nHello');
  const [whole] = (await ask(t, body, { parameters: {} })).choices ?? [];
  assert.deepEqual([whole?.message.content, whole?.message.reasoning_content], ['Hello', 'Hm.']);
  const told = { content: '', reasoning_content: '' };
  const onDelta = ({ choices }: ChatDelta) => {
    for (const { delta } of choices) {
      told.content += delta.content ?? '';
      told.reasoning_content += String(delta.reasoning_content ?? '');
    }
  };
  const pieces = ['<thi', 'nk>H', 'm.</think', '>\n\nHel', 'lo'].map(
    (content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`,
  );
  const end = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`;
  const reply = await ask(t, [...pieces, end].join(''), { parameters: {}, onDelta });
  assert.deepEqual(told, { content: 'Hello', reasoning_content: 'Hm.' });
  assert.deepEqual(reply.choices?.[0]?.message, {
    role: 'assistant',
    content: 'Hello',
    reasoning_content: 'Hm.',
  });
});
