import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import { LlmServiceError } from '../../../client/service-error.ts';
import type { Task, TaskConfig } from '../../../client/wire.ts';
import { awsProfile } from '../../../local/access-keys.ts';

const models = [
  { id: 'tiny:1b', max_model_len: 2_048 },
  { id: 'large:8b', max_model_len: 40_960 },
];
const seen: { route: string; model: unknown; system: string }[] = [];

/** As vLLM answers. */
const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { model, messages = [] } = text === '' ? {} : JSON.parse(text);
  seen.push({ route: `${request.method} ${request.url}`, model, system: messages[0]?.content ?? '' });
  const message = {
    role: 'assistant',
    content: '{"translation":"hallo","source_language":"en","target_language":"de"}',
  };
  const answer =
    request.method === 'GET'
      ? { object: 'list', data: models }
      : {
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 1,
          model,
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
        };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});

let service: RunningService;
let baseUrl: string;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  service = await startService({ LLM_PROVIDERS: 'local', LOCAL_LLM_BASE_URL: baseUrl });
});
after(async () => {
  await service.stop();
  server.close();
});

async function run(config: TaskConfig): Promise<Task> {
  const body = { type: 'translation', data: { text: 'hello', target_language: 'de' }, config };
  return service.client.wait((await service.client.submit(body)).task_id);
}

const chats = () => seen.filter(({ route }) => route === 'POST /v1/chat/completions');
const lists = () => seen.filter(({ route }) => route === 'GET /v1/models').length;

/** The command as an operator runs it, and as a start does. */
async function findModels(url: string, names = ''): Promise<string> {
  const script = join(import.meta.dirname, '../../../scripts/providers.ts');
  const child = spawn(process.execPath, [script, 'models'], {
    env: {
      ...process.env,
      LOCAL_LLM_BASE_URL: url,
      LOCAL_LLM_MODEL: names,
      AWS_CONFIG_FILE: service.host.awsConfigFile,
      AWS_PROFILE: awsProfile,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await once(child, 'close');
  return output;
}

test('a server of one’s own is asked for its models beside the first call, and not before', async () => {
  await service.client.providers();
  assert.equal(lists(), 0);
  const task = await run({ cache_enabled: false });
  assert.deepEqual([task.status, lists()], ['completed', 1]);
  assert.equal(chats().at(-1)?.model, 'tiny:1b', 'no server is asked for a model named "default"');
  assert.match(chats().at(-1)?.system ?? '', /"source_language": string/, 'the form is in the prompt too');
});

test('then the service lists them with their windows, and takes a name alone', async () => {
  // What routing knows is a second and a half old at most.
  await sleep(1_600);
  const providers = await service.client.providers();
  const local = providers.find(({ name }) => name === 'local');
  assert.deepEqual(
    local?.models.map(({ name, context_window }) => [name, context_window]),
    [
      ['tiny:1b', 2_048],
      ['large:8b', 40_960],
    ],
  );
  assert.equal(local?.default_model, 'tiny:1b');
  const { data } = (await (await fetch(`${service.host.url}/v1/models`)).json()) as {
    data: { id: string }[];
  };
  assert.ok(data.some(({ id }) => id === 'local/large:8b'));

  const named = await run({ model: 'large:8b', cache_enabled: false });
  assert.deepEqual([named.model, chats().at(-1)?.model], ['large:8b', 'large:8b']);
  const unnamed = await run({ cache_enabled: false });
  assert.equal(unnamed.model, 'tiny:1b');
  await assert.rejects(run({ model: 'larg:8b' }), (error) => {
    assert.ok(error instanceof LlmServiceError);
    assert.deepEqual([error.status, error.faults[0]?.pointer], [400, '/config/model']);
    return true;
  });
});

test('the command says what there is, what is missing, and that nobody answers', async () => {
  assert.equal(
    await findModels(baseUrl, 'large:8b,huge:70b'),
    `local at ${baseUrl}: 2 models: tiny:1b (2,048 tokens), large:8b (40,960 tokens)\n` +
      'LOCAL_LLM_MODEL names huge:70b, which that server does not list\n',
  );
  assert.match(
    await findModels('http://127.0.0.1:9/v1'),
    /^local at http:\/\/127.0.0.1:9\/v1: nobody answers \(/,
  );
  const page = baseUrl.replace('/v1', '/v1/nothing');
  models.length = 0;
  assert.match(await findModels(page), /no list of models: it lists no models; requests name the model/);
});
