import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { findModels } from '../../../adapters/find-models.ts';

type Answer = (body: { model?: string }) => object | string;

/** A server that answers these routes, by method and path, and 404 to any other. */
async function startServer(t: TestContext, routes: Record<string, Answer>) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const route = `${request.method} ${request.url}`;
    asked.push(route);
    assert.equal(request.headers.authorization, 'Bearer key');
    const answer = routes[route]?.(text === '' ? {} : JSON.parse(text));
    if (answer === undefined) response.writeHead(404).end('404 page not found');
    else if (typeof answer === 'string') response.end(answer);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, find: (path = '/v1') => findModels({ baseUrl: root + path, key: 'key' }) };
}

const listOf = (...models: unknown[]) => ({ object: 'list', data: models });

test('llama.cpp: the window of a conversation, which may be less than that of the server', async (t) => {
  // Recorded of its server (b11549): `GET /v1/models` and `GET /props`, shortened.
  const meta = { vocab_type: 1, n_vocab: 262_144, n_ctx: 8_192, n_ctx_train: 32_768, n_embd: 640 };
  const { find } = await startServer(t, {
    'GET /v1/models': () => ({
      models: [{ name: 'gemma-3-270m', capabilities: ['completion'] }],
      ...listOf({ id: 'gemma-3-270m', object: 'model', created: 1_795_686_438, owned_by: 'llamacpp', meta }),
    }),
    'GET /props': () => ({ default_generation_settings: { n_ctx: 4_096 }, total_slots: 2 }),
  });
  assert.deepEqual(await find(), [{ name: 'gemma-3-270m', contextWindow: 4_096 }]);
});

test('llama.cpp without its own routes, as behind a proxy: what the list says', async (t) => {
  const { find } = await startServer(t, {
    'GET /proxy/v1/models': () => listOf({ id: 'a', meta: { n_ctx: 8_192 } }, { id: 'b', meta: null }),
  });
  assert.deepEqual(await find('/proxy/v1'), [
    { name: 'a', contextWindow: 8_192 },
    { name: 'b', contextWindow: undefined },
  ]);
});

test('vLLM: `max_model_len`, and nothing else is asked', async (t) => {
  // https://docs.vllm.ai/en/latest/api/vllm/entrypoints/openai/protocol: ModelCard
  const { find, asked } = await startServer(t, {
    'GET /v1/models': () =>
      listOf({
        id: 'Qwen/Qwen3-8B',
        object: 'model',
        owned_by: 'vllm',
        root: 'Qwen/Qwen3-8B',
        max_model_len: 40_960,
      }),
  });
  assert.deepEqual(await find(), [{ name: 'Qwen/Qwen3-8B', contextWindow: 40_960 }]);
  assert.deepEqual(asked, ['GET /v1/models']);
});

test('Ollama: the window it was loaded with, else `num_ctx`, else what the model was made for; and which make vectors', async (t) => {
  // https://docs.ollama.com/api: POST /api/show, GET /api/ps
  const shown: Record<string, object> = {
    'set:latest': {
      parameters:
        'num_keep                       24\nnum_ctx                        16384\nstop "<|eot_id|>"',
      model_info: { 'general.architecture': 'llama', 'llama.context_length': 131_072 },
      capabilities: ['completion', 'tools'],
    },
    'plain:latest': { model_info: { 'qwen3.context_length': 40_960 }, capabilities: ['completion'] },
    'embed:latest': { model_info: { 'bert.context_length': 512 }, capabilities: ['embedding'] },
    'loaded:latest': { parameters: 'num_ctx 16384', model_info: { 'llama.context_length': 131_072 } },
    'odd:latest': { parameters: 5, model_info: { 'x.context_length': 'many' } },
  };
  const { find } = await startServer(t, {
    'GET /v1/models': () =>
      listOf(...Object.keys(shown).map((id) => ({ id, object: 'model', owned_by: 'library' }))),
    'GET /api/ps': () => ({ models: [{ name: 'loaded:latest', size_vram: 1, context_length: 4_096 }] }),
    'POST /api/show': ({ model = '' }) => shown[model] ?? {},
  });
  assert.deepEqual(await find(), [
    { name: 'set:latest', contextWindow: 16_384 },
    { name: 'plain:latest', contextWindow: 40_960 },
    { name: 'embed:latest', contextWindow: 512, kind: 'embedding' },
    { name: 'loaded:latest', contextWindow: 4_096 },
    { name: 'odd:latest', contextWindow: undefined },
  ]);
});

test('LM Studio: the window it was loaded with, else the most it was made for', async (t) => {
  // https://lmstudio.ai/docs/api/rest-api: GET /api/v0/models
  const { find } = await startServer(t, {
    'GET /v1/models': () => listOf({ id: 'llama' }, { id: 'vision' }, { id: 'nomic' }),
    'GET /api/v0/models': () =>
      listOf(
        {
          id: 'llama',
          type: 'llm',
          state: 'loaded',
          max_context_length: 131_072,
          loaded_context_length: 4_096,
        },
        { id: 'vision', type: 'vlm', state: 'not-loaded', max_context_length: 32_768 },
        { id: 'nomic', type: 'embeddings', state: 'not-loaded', max_context_length: 2_048 },
      ),
  });
  assert.deepEqual(await find(), [
    { name: 'llama', contextWindow: 4_096 },
    { name: 'vision', contextWindow: 32_768 },
    { name: 'nomic', contextWindow: 2_048, kind: 'embedding' },
  ]);
});

test('a server that says nothing of windows: names alone', async (t) => {
  const { find } = await startServer(t, {
    'GET /v1/models': () => listOf({ id: 'a' }, { name: 'no id' }, 'odd'),
  });
  assert.deepEqual(await find(), [{ name: 'a', contextWindow: undefined }]);
});

test('what is no list is said', async (t) => {
  const { find } = await startServer(t, {
    'GET /html/models': () => '<html>',
    'GET /none/models': () => listOf(),
  });
  await assert.rejects(find('/html'), SyntaxError);
  await assert.rejects(find('/none'), /lists no models/);
  await assert.rejects(find('/v2'), /answers 404/);
});
