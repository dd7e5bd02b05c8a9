import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createLanguageModel } from '../../../adapters/language-models.ts';
import { findProvider } from '../../../config/providers.ts';
import type { EmbeddingRequest } from '../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { answer, type Behaviour, startProvider } from './start-provider.ts';

async function setUp(t: TestContext, behave: Behaviour, row: Partial<Provider> = {}) {
  const { baseUrl, seen } = await startProvider(t, behave);
  const provider = { ...(findProvider('openai') as Provider), ...row };
  const model = createLanguageModel({
    provider,
    baseUrl,
    readKey: async () => 'sk-test',
    now: Date.now,
    random: Math.random,
  });
  const embed = (request: Partial<EmbeddingRequest> = {}) =>
    model.embed({
      model: 'text-embedding-3-small',
      input: 'hello',
      parameters: {},
      signal: new AbortController().signal,
      ...request,
    });
  return { embed, seen };
}

const vectors = (...embeddings: unknown[]) => ({
  object: 'list',
  model: 'text-embedding-3-small',
  data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  usage: { prompt_tokens: 7, total_tokens: 7 },
});

const kindOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error instanceof ProviderFailure ? error.kind : String(error)),
  );

test('texts become vectors of numbers, and nothing is asked for that the caller did not ask for', async (t) => {
  const { embed, seen } = await setUp(
    t,
    answer(vectors([0.5, -1], [1, 0]), 200, { 'x-ratelimit-limit-tokens': '9' }),
  );
  assert.deepEqual(await embed({ input: ['a', 'b'], parameters: { dimensions: 2 } }), {
    data: [
      { object: 'embedding', index: 0, embedding: [0.5, -1] },
      { object: 'embedding', index: 1, embedding: [1, 0] },
    ],
    usage: { promptTokens: 7, completionTokens: 0 },
    model: 'text-embedding-3-small',
    rateLimits: { 'x-ratelimit-limit-tokens': '9' },
  });
  assert.equal(seen[0]?.path, '/v1/embeddings');
  assert.equal(seen[0]?.headers.authorization, 'Bearer sk-test');
  assert.deepEqual(seen[0]?.body, { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 2 });
});

test('base64 is passed on as it came, where it was asked for', async (t) => {
  const { embed, seen } = await setUp(t, answer(vectors('AAAAPw==')));
  const { data } = await embed({ parameters: { encoding_format: 'base64' } });
  assert.deepEqual(data, [{ object: 'embedding', index: 0, embedding: 'AAAAPw==' }]);
  assert.equal(seen[0]?.body.encoding_format, 'base64');
});

test('one list of token numbers is one input, and usage that is not told is estimated', async (t) => {
  const { embed } = await setUp(t, answer({ ...vectors([1]), usage: undefined }));
  assert.equal((await embed({ input: [1, 2, 3] })).usage.promptTokens, 3);
  assert.equal((await embed({ input: [[1, 2]] })).usage.promptTokens, 2);
  assert.ok((await embed({ input: 'some words' })).usage.promptTokens > 0);
});

test('an answer that is no list of vectors, or of too few, is an outage or the error that it holds', async (t) => {
  const answered = async (body: unknown, status = 200) => {
    const { embed } = await setUp(t, answer(body, status));
    return kindOf(embed({ input: ['a', 'b'] }));
  };
  assert.equal(await answered(vectors([1])), 'outage');
  assert.equal(await answered(vectors([1], ['x'])), 'outage');
  assert.equal(await answered({}), 'outage');
  assert.equal(await answered('<html>'), 'outage');
  assert.equal(await answered({ error: { code: 'insufficient_quota', message: 'x' } }), 'quota');
  assert.equal(
    await answered({ error: { code: 'model_not_found', message: 'x' } }, 404),
    'model_unavailable',
  );
});

test('a call without an answer is given up, and one that is aborted ends with the reason', async (t) => {
  const { embed } = await setUp(t, () => {}, { callTimeoutMs: 100 });
  assert.equal(await kindOf(embed()), 'outage');
  const signal = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(embed({ signal }), /stopped/);
});
