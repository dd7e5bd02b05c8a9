import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import test, { type TestContext } from 'node:test';
import { createLanguageModel } from '../../../adapters/language-models.ts';
import { findProvider } from '../../../config/providers.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { recordedErrors } from '../../unit/core/attempts/recorded-errors.ts';
import { answer, type Behaviour, completion, startProvider } from './start-provider.ts';

const rowOf = (name: string) => findProvider(name) as Provider;

async function setUp(t: TestContext, behave: Behaviour, row: Partial<Provider> = {}, name = 'deepseek') {
  const server = await startProvider(t, behave);
  const provider = { ...rowOf(name), ...row };
  const model = createLanguageModel({
    provider,
    baseUrl: server.baseUrl,
    readKey: async () => 'sk-test',
    now: Date.now,
    random: Math.random,
  });
  const complete = (request: Partial<ChatRequest> = {}) =>
    model.complete({
      model: provider.defaultModel,
      messages: [{ role: 'user', content: 'hello' }],
      signal: new AbortController().signal,
      ...request,
    });
  return { ...server, complete };
}

async function failureOf(call: Promise<unknown>): Promise<ProviderFailure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProviderFailure, String(error));
  return error;
}

test('a completion is asked for with the key and read with its usage', async (t) => {
  const usage = { prompt_tokens: 12, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 8 } };
  const { complete, seen } = await setUp(t, answer(completion('hi', { usage })));
  assert.deepEqual(await complete({ temperature: 0.5 }), {
    content: 'hi',
    finishReason: 'stop',
    usage: { promptTokens: 12, completionTokens: 3, cachedPromptTokens: 8 },
    providerRequestId: 'chatcmpl-1',
  });
  assert.equal(seen[0]?.path, '/v1/chat/completions');
  assert.equal(seen[0]?.headers.authorization, 'Bearer sk-test');
  assert.equal(seen[0]?.body.temperature, 0.5);
  assert.equal(seen[0]?.headers['openai-organization'], undefined);
});

test('every recorded error means the same over HTTP, and no call is repeated', async (t) => {
  let current = recordedErrors[0];
  const { baseUrl, seen } = await startProvider(t, (response, request) => {
    if (current) answer(current.body, current.status, current.headers)(response, request);
  });
  for (const recorded of recordedErrors) {
    if (recorded.provider === 'simulated') continue;
    current = recorded;
    const provider = rowOf(recorded.provider);
    const model = createLanguageModel({
      provider,
      baseUrl,
      readKey: async () => 'key',
      now: Date.now,
      random: Math.random,
    });
    const before = seen.length;
    const request = { model: provider.defaultModel, messages: [], signal: new AbortController().signal };
    const failure = await failureOf(model.complete(request));
    assert.equal(failure.kind, recorded.kind, `${recorded.provider}: ${recorded.name}`);
    assert.equal(seen.length, before + 1);
    // Dates in headers count from another day here.
    const isDated = JSON.stringify(recorded.headers ?? {}).includes('2026-');
    if (!isDated)
      assert.equal(failure.retryAfter, recorded.retryAfter, `${recorded.provider}: ${recorded.name}`);
  }
});

test('blank lines sent while the call waits do no harm', async (t) => {
  const { complete } = await setUp(t, (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('\n\n');
    setTimeout(() => response.write('\n'), 20);
    setTimeout(() => response.end(JSON.stringify(completion('late'))), 40);
  });
  assert.equal((await complete()).content, 'late');
});

test('a call without an answer is given up, also where the provider sends blank lines', async (t) => {
  for (const behave of [
    () => {},
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write('\n'), 10);
      response.on('close', () => clearInterval(timer));
    },
  ] satisfies Behaviour[]) {
    const { complete } = await setUp(t, behave, { callTimeoutMs: 150 });
    const failure = await failureOf(complete());
    assert.deepEqual([failure.kind, failure.retryable], ['outage', true]);
    assert.match(failure.message, /deepseek said nothing for 0.15 s/);
  }
});

test('an abort ends the call at once, with its reason, and closes the connection', async (t) => {
  const abort = new AbortController();
  const closed = Promise.withResolvers<void>();
  const { complete } = await setUp(t, (response) => {
    response.on('close', () => closed.resolve());
    abort.abort(new Error('cancelled by the caller'));
  });
  await assert.rejects(complete({ signal: abort.signal }), /cancelled by the caller/);
  await closed.promise;
});

test('a connection that is reset or cut in the middle is an outage, one that is refused is unreachable', async (t) => {
  const behaviours: Behaviour[] = [
    (response) => response.socket?.resetAndDestroy(),
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"id":"chatcmpl-1","choices":[', () => response.socket?.destroy());
    },
    answer('{"id":"chatcmpl-1","choices":[{"mess'),
  ];
  for (const behave of behaviours) {
    const { complete } = await setUp(t, behave);
    const failure = await failureOf(complete());
    assert.deepEqual([failure.kind, failure.code, failure.retryable], ['outage', 'provider_error', true]);
  }
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  const model = createLanguageModel({
    provider: rowOf('deepseek'),
    baseUrl: `http://127.0.0.1:${port}`,
    readKey: async () => 'k',
    now: Date.now,
    random: Math.random,
  });
  const request = { model: 'deepseek-v4-flash', messages: [], signal: new AbortController().signal };
  const failure = await failureOf(model.complete(request));
  assert.match(failure.message, /ECONNREFUSED/);
  assert.deepEqual([failure.kind, failure.retryable], ['unreachable', true]);
});

test('an answer with status 200 but no completion is an outage, or the error that it holds', async (t) => {
  const kindOf = async (body: unknown, type = 'application/json') => {
    const { complete } = await setUp(t, answer(body, 200, { 'content-type': type }), {}, 'qwen');
    return (await failureOf(complete())).kind;
  };
  assert.equal(await kindOf('<html>Log in to the network</html>', 'text/html'), 'outage');
  assert.equal(await kindOf({}), 'outage');
  assert.equal(await kindOf({ ...completion('x'), choices: [] }), 'outage');
  assert.equal(await kindOf({ error: { message: 'x', code: 'Throttling.RateQuota' } }), 'rate_limited');
});

test('an answer that was filtered, or refused by the model, ends the task', async (t) => {
  const filtered = await setUp(t, answer(completion('par', {}, { finish_reason: 'content_filter' })));
  assert.equal((await failureOf(filtered.complete())).code, 'content_filtered');
  const message = { role: 'assistant', content: null, refusal: 'I cannot help with that.' };
  const refused = await setUp(t, answer(completion(null, {}, { message })));
  assert.equal((await failureOf(refused.complete())).code, 'content_filtered');
});

test('an answer without usage or content is taken as empty, and its prompt is not free', async (t) => {
  const { complete } = await setUp(
    t,
    answer(completion(null, { usage: undefined, id: undefined }, { finish_reason: null })),
  );
  assert.deepEqual(await complete(), {
    content: '',
    finishReason: 'stop',
    usage: { promptTokens: 2, completionTokens: 0, estimated: true },
    providerRequestId: null,
  });
});

test('without the key it needs, a provider is not called at all', async (t) => {
  const { baseUrl, seen } = await startProvider(t, answer(completion('x')));
  const options = { baseUrl, readKey: async () => undefined, now: Date.now, random: Math.random };
  const request = { messages: [], signal: new AbortController().signal };
  const kimi = createLanguageModel({ ...options, provider: rowOf('kimi') });
  assert.equal((await failureOf(kimi.complete({ ...request, model: 'kimi-k2.6' }))).code, 'provider_auth');
  assert.equal(seen.length, 0);
  const local = createLanguageModel({ ...options, provider: rowOf('local') });
  assert.equal((await local.complete({ ...request, model: 'llama' })).content, 'x');
  assert.equal(seen[0]?.body.model, 'llama');
});

test('the organisation in OpenAI’s environment variables is sent to no vendor', async (t) => {
  process.env.OPENAI_ORG_ID = 'org-secret';
  process.env.OPENAI_PROJECT_ID = 'proj-secret';
  t.after(() => {
    delete process.env.OPENAI_ORG_ID;
    delete process.env.OPENAI_PROJECT_ID;
  });
  const { complete, seen } = await setUp(t, answer(completion('x')));
  await complete();
  assert.doesNotMatch(JSON.stringify(seen[0]?.headers), /secret/);
});

test('an answer that used a rate limit up says how long to hold calls back', async (t) => {
  const holdBack = async (headers: Record<string, string>) => {
    const { complete } = await setUp(t, answer(completion('x'), 200, headers), {}, 'openai');
    return (await complete()).holdBackMs;
  };
  const reset = { 'x-ratelimit-reset-requests': '1.5s', 'x-ratelimit-reset-tokens': '6m0s' };
  const left = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-remaining-tokens': '100' };
  assert.equal(await holdBack({ ...reset, ...left }), 1_500);
  assert.equal(await holdBack({ ...reset, ...left, 'x-ratelimit-remaining-requests': '1' }), undefined);
  assert.equal(await holdBack({}), undefined);
});
