import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import type { Task, TaskRequest } from '../../../client/wire.ts';
import { Calls, startCountingServer } from './counting-server.ts';

// A new provider, a server like `local`, a task type and three limits, set by the file alone, on the running host.

const calls = new Calls();
const folder = mkdtempSync(join(tmpdir(), 'llm-service-file-'));
let service: RunningService;
const servers: { close(): void }[] = [];

before(async () => {
  const [acme, box] = [await startCountingServer('acme', calls), await startCountingServer('box', calls)];
  servers.push(acme, box);
  mkdirSync(join(folder, 'prompts'));
  writeFileSync(join(folder, 'prompts/skus.md'), 'List every article number that the text names.\n');
  writeFileSync(
    join(folder, 'config.yaml'),
    `enabled_providers: [acme, box]
providers:
  acme:
    base_url: ${acme.baseUrl}
    concurrency: 1
    max_tokens_name: max_completion_tokens
    models:
      acme-small: { input_usd_per_million: 2, output_usd_per_million: 10, context_window: 32000 }
  box:
    like: local
    base_url: ${box.baseUrl}/
    concurrency: 4
    models: { qwen2.5-7b: { context_window: 32768, extra_body: { keep_alive: 5m } } }
task_types:
  sku_extraction:
    instructions_file: prompts/skus.md
    result_schema:
      type: object
      properties: { skus: { type: array, items: { type: string } } }
      required: [skus]
      additionalProperties: false
limits:
  max_workers: 2
  types: { sku_extraction: 1 }
`,
  );
  service = await startService({
    LLM_CONFIG_FILE: join(folder, 'config.yaml'),
    ACME_API_KEY: 'key-of-acme',
  });
});
after(async () => {
  await service?.stop();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

async function run(tasks: TaskRequest[]): Promise<Task[]> {
  const ids = await Promise.all(tasks.map((task) => service.client.submit(task)));
  return Promise.all(
    ids.map(({ task_id }) => service.client.wait(task_id, { signal: AbortSignal.timeout(90_000) })),
  );
}
const several = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const custom = (provider: string, mark: string) => ({
  type: 'custom',
  prompt: `Say ${mark}.`,
  config: { provider, max_tokens: 50 },
});

test('the new provider is asked at its address, with its key, model and price', async () => {
  const [task] = await run([custom('acme', 'first')]);
  assert.equal(task?.status, 'completed', JSON.stringify(task?.error));
  assert.deepEqual([task?.provider, task?.model, task?.result?.cost_usd], ['acme', 'acme-small', 0.003]);
  const call = calls.all.find(({ text }) => text.includes('Say first'));
  assert.deepEqual(
    [
      call?.server,
      call?.path,
      call?.headers.authorization,
      call?.body.model,
      call?.body.max_completion_tokens,
    ],
    ['acme', '/v1/chat/completions', 'Bearer key-of-acme', 'acme-small', 50],
  );
});

test('the server like `local` needs no key, and gets what its model wants', async () => {
  const [task] = await run([custom('box', 'second')]);
  assert.deepEqual(
    [task?.result?.content, task?.model, task?.result?.cost_usd],
    ['This is box', 'qwen2.5-7b', 0],
  );
  const call = calls.all.find(({ text }) => text.includes('Say second'));
  assert.deepEqual([call?.server, call?.body.keep_alive], ['box', '5m']);
});

test('the task type is known to the API, and its answer is held to its schema', async () => {
  const [task] = await run([{ type: 'sku_extraction', data: { text: 'A-1' }, config: { provider: 'box' } }]);
  assert.deepEqual(task?.result?.data, { skus: ['A-1'] });
  const document = await service.client.openapi();
  assert.match(JSON.stringify(document), /SkuExtractionData/);
  await assert.rejects(run([{ type: 'sku_extractoin', data: { text: 'A' }, config: {} }]), {
    status: 400,
    code: 'invalid_request',
  });
});

test('the three limits of the file hold: of a provider, of a type and of the service', async () => {
  calls.all.length = 0;
  const tasks = await run([
    ...several(4, (index) => custom('acme', `a${index}`)),
    ...several(6, (index) => custom('box', `b${index}`)),
    ...several(4, (index) => ({
      type: 'sku_extraction',
      data: { text: `S-${index}` },
      config: { provider: 'box' },
    })),
  ]);
  assert.ok(
    tasks.every(({ status }) => status === 'completed'),
    JSON.stringify(tasks),
  );
  assert.equal(calls.all.length, 14);
  assert.equal(
    calls.mostAtOnce(({ server }) => server === 'acme'),
    1,
    'of acme',
  );
  assert.equal(
    calls.mostAtOnce(({ text }) => text.includes('article number')),
    1,
    'of the type',
  );
  assert.equal(calls.mostAtOnce(), 2, 'of the service');
});

test('what is off and what is on is seen over the API', async () => {
  const providers = await service.client.providers();
  const on = providers.filter(({ enabled }) => enabled).map((each) => [each.name, each.concurrency_limit]);
  assert.deepEqual(on, [
    ['acme', 1],
    ['box', 4],
  ]);
  assert.equal(providers.length, 12);
});
