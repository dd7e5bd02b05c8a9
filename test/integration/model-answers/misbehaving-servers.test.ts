import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import { type Case, cases, isFailed, rowOf } from './misbehaving-servers.ts';

interface Task {
  status: string;
  provider: string;
  result: {
    content: string;
    finish_reason: string;
    repairs?: { detail: string }[];
    usage: { prompt_tokens: number; completion_tokens: number; estimated?: true };
  } | null;
  error: { code: string; message: string; retryable: boolean } | null;
}

const behaviours = new Map<string, { left: ((response: ServerResponse) => void)[]; calls: number }>();

/** Of a task whose prompt names no case: a good answer, which closes any circuit. */
const well = (response: ServerResponse) =>
  void response.end(
    JSON.stringify({
      choices: [{ index: 0, message: { role: 'assistant', content: 'well' }, finish_reason: 'stop' }],
    }),
  );

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return response.writeHead(404).end();
  let text = '';
  for await (const piece of request) text += piece;
  const mark = /case (\d+)#/.exec(text)?.[1] ?? '';
  const plan = behaviours.get(mark);
  if (plan) plan.calls += 1;
  const next = plan && (plan.left.length > 1 ? plan.left.shift() : plan.left[0]);
  (next ?? well)(response);
});

let service: RunningService;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  service = await startService({
    LLM_PROVIDERS: 'local,openai',
    LOCAL_LLM_BASE_URL: baseUrl,
    OPENAI_BASE_URL: baseUrl,
    OPENAI_API_KEY: 'sk-test',
  });
});
after(async () => {
  await service.stop();
  server.close();
  server.closeAllConnections();
});

/** The text of the answer, since JSON.parse would round its numbers. */
async function run(body: object): Promise<{ task: Task; text: string }> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  let answer = await fetch(`${service.host.url}/api/v1/process/sync`, init);
  const location = answer.headers.get('location') ?? '';
  for (;;) {
    const text = await answer.text();
    assert.ok(answer.ok, text);
    const task = JSON.parse(text) as Task;
    if (['completed', 'failed'].includes(task.status)) return { task, text };
    await sleep(200);
    answer = await fetch(service.host.url + location);
  }
}

const schema = { type: 'object', properties: { label: { type: 'string' } }, required: ['label'] };

function bodyOf({ config, asksForJson }: Case, number: number) {
  return {
    type: 'custom',
    prompt: `case ${number}#`,
    config: {
      provider: 'local',
      max_retries: 0,
      timeout: '20s',
      cache_enabled: false,
      ...(asksForJson && { response_schema: schema }),
      ...config,
    },
  };
}

for (const [number, each] of cases.entries()) {
  const { server: what, outcome, calls } = each;
  test(`${what}: ${isFailed(outcome) ? outcome.message : 'completed'}`, { timeout: 60_000 }, async () => {
    const plan = { left: [...each.behaves], calls: 0 };
    behaviours.set(String(number), plan);
    const { task, text } = await run(bodyOf(each, number));
    if (isFailed(outcome)) {
      const { code, message, retryable } = task.error ?? assert.fail(text);
      assert.deepEqual({ code, message, retryable }, outcome);
    } else {
      const result = task.result ?? assert.fail(text);
      if (outcome.content !== undefined) assert.equal(result.content, outcome.content);
      if (outcome.data !== undefined) assert.ok(text.includes(`"data":${outcome.data}`), text);
      if (outcome.repairs)
        assert.match(result.repairs?.map(({ detail }) => detail).join() ?? '', outcome.repairs);
      else assert.equal(result.repairs, undefined);
      const { prompt_tokens, completion_tokens, estimated } = result.usage;
      assert.equal(estimated, outcome.estimated);
      assert.ok(prompt_tokens > 0 && completion_tokens > 0);
      if (outcome.usage) assert.deepEqual([prompt_tokens, completion_tokens], outcome.usage);
      assert.equal(task.provider, outcome.provider ?? 'local');
    }
    assert.equal(plan.calls, calls);
    await run({ type: 'custom', prompt: `well after ${number}`, config: { provider: 'local' } });
  });
}

test('a connection that is refused is told as one,', {
  timeout: 60_000,
}, async () => {
  server.close();
  server.closeAllConnections();
  const { task, text } = await run({
    type: 'custom',
    prompt: 'refused',
    config: { provider: 'local', max_retries: 0, timeout: '20s' },
  });
  const { code, message, retryable } = task.error ?? assert.fail(text);
  assert.deepEqual(
    { code, message, retryable },
    {
      code: 'retries_exhausted',
      message:
        'Gave up after 1 attempt: local cannot be reached: nothing listens at its address (ECONNREFUSED)',
      retryable: true,
    },
  );
});

test('the table of docs/model-answers.md says what was seen here', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/model-answers.md'), 'utf8');
  for (const each of cases) assert.ok(docs.includes(rowOf(each)), rowOf(each));
});
