import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** Each is written nowhere but where it is used: found in a log, it was logged. */
const secrets = {
  token: 'canary-token-7Qm2xV9kLr4t',
  providerKey: 'sk-canary-key-Zp81hWq0',
  webhookSecret: `whsec_${Buffer.from('canary-secret-of-webhooks-000001').toString('base64')}`,
  prompt: 'canary prompt about a merger',
  data: 'canary data of a patient',
  result: 'canary result for her',
  metadata: 'canary-order-4711',
  urlSecret: 'canary-path-secret',
};

const file = join(import.meta.dirname, '../../../bench/delivery/local-service.ts');

/** A provider that answers, then answers no JSON, then refuses and quotes the prompt, then breaks. */
async function startProvider(t: { after(clean: () => void): void }) {
  let calls = 0;
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    if (request.url?.startsWith('/hook')) return response.writeHead(500).end(body);
    calls += 1;
    response.setHeader('content-type', 'application/json');
    const kind = /#(\w+)#/.exec(body)?.[1];
    if (kind === 'refuse')
      return response.writeHead(400).end(
        JSON.stringify({
          error: { message: `Refused: ${body} with key ${request.headers.authorization}` },
        }),
      );
    if (kind === 'break') return response.writeHead(500).end(body);
    const content =
      kind === 'wrong' ? `${secrets.result}, no JSON` : JSON.stringify({ answer: secrets.result });
    return response.end(
      JSON.stringify({
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: () => calls };
}

test('no log holds a secret, a token, a prompt or a result', { timeout: 240_000 }, async (t) => {
  const provider = await startProvider(t);
  const settings = {
    LLM_LOG_LEVEL: 'debug',
    LLM_AUTH_TOKEN: secrets.token,
    LLM_WEBHOOK_SECRET: secrets.webhookSecret,
    LLM_WEBHOOK_RETRY_DELAYS: '0s,1s',
    LLM_PROVIDERS: 'kimi',
    KIMI_API_KEY: secrets.providerKey,
    KIMI_BASE_URL: `${provider.url}/v1`,
  };
  const service = fork(file, [JSON.stringify(settings)], { silent: true });
  let log = '';
  for (const stream of [service.stdout, service.stderr]) stream?.on('data', (chunk) => (log += chunk));
  const exited = once(service, 'exit');
  t.after(() => service.kill());
  const [{ url, wsUrl }] = (await once(service, 'message')) as [{ url: string; wsUrl: string }];
  const call = async (method: string, path: string, body?: unknown, token = secrets.token) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, string> };
  };
  const task = (kind: string) => ({
    type: 'custom',
    prompt: `${secrets.prompt} #${kind}#`,
    data: { note: secrets.data },
    metadata: { order: secrets.metadata },
    callback_url: `${provider.url}/hook?secret=${secrets.urlSecret}`,
    config: {
      max_retries: 1,
      cache_enabled: false,
      response_schema: { type: 'object', required: ['answer'] },
    },
  });

  const socket = new WebSocket(wsUrl, { headers: { authorization: `Bearer ${secrets.token}` } });
  await once(socket, 'open');
  socket.send(JSON.stringify({ action: 'subscribe', task_ids: [secrets.prompt] }));
  socket.send(`{"action": "${secrets.data}`);
  const ids: string[] = [];
  for (const kind of ['right', 'wrong', 'refuse', 'break'])
    ids.push((await call('POST', '/api/v1/tasks', task(kind))).json.task_id ?? '');
  await call('POST', '/api/v1/tasks/batch', {
    tasks: [task('right'), { ...task('right'), [secrets.data]: 1 }],
  });
  await call('POST', '/api/v1/tasks', { ...task('right'), prompt: { text: secrets.prompt } });
  await call('POST', '/api/v1/tasks', `{"prompt": "${secrets.prompt}`);
  await call('GET', `/api/v1/tasks?cursor=${encodeURIComponent(secrets.data)}`);
  await call('GET', '/api/v1/tasks', undefined, `${secrets.token}-wrong`);
  const outcomes: string[] = [];
  for (const id of ids)
    for (;;) {
      const { status = '' } = (await call('GET', `/api/v1/tasks/${id}`)).json;
      if (status === 'completed' || status === 'failed') {
        outcomes.push(status);
        break;
      }
      await sleep(250);
    }
  assert.deepEqual(outcomes, ['completed', 'failed', 'failed', 'failed']);
  // The webhooks' second try.
  await sleep(3_000);
  socket.terminate();
  service.disconnect();
  await exited;

  assert.match(log, /A provider call failed/);
  assert.match(log, /did not accept a webhook/);
  for (const [name, secret] of Object.entries(secrets)) {
    const at = log.indexOf(secret);
    assert.equal(at, -1, `${name}: ${log.slice(Math.max(0, at - 300), at + 100)}`);
  }
});
