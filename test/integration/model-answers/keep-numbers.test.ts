import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type RunningService, startService } from '../../../bench/start-service.ts';

// The whole service, and texts instead of values: JSON.parse would round what it is to keep.

const asked: string[] = [];
const hooks: string[] = [];

/** Answers with the id that it is asked about, in the digits in which it is shown. */
const server = createServer(async (request, response) => {
  let text = '';
  for await (const piece of request) text += piece;
  if (request.url === '/hook') {
    hooks.push(text);
    return response.end();
  }
  if (request.method === 'GET') return response.writeHead(404).end();
  asked.push(text);
  const [, id = '0'] = /id\\?": ?([\d.eE+-]+)/.exec(text) ?? [];
  const content = `{"id":${id},"score":1.0}`;
  const usage = '"usage":{"prompt_tokens":5,"completion_tokens":5}';
  // With the value itself where a text belongs, as some servers have it.
  const call = `{"id":"call_1","type":"function","function":{"name":"find","arguments":${content}}}`;
  const message = text.includes('"tools"')
    ? `{"role":"assistant","content":null,"tool_calls":[${call}]}`
    : `{"role":"assistant","content":${JSON.stringify(content)}}`;
  const choice = `{"index":0,"message":${message},"finish_reason":"stop"}`;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`{"id":"c","model":"m","choices":[${choice}],${usage}}`);
});

let service: RunningService;
let origin: string;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  service = await startService({
    LLM_PROVIDERS: 'local',
    LOCAL_LLM_BASE_URL: `${origin}/v1`,
    LLM_WEBHOOK_SECRET: `whsec_${Buffer.from('secret-of-this-test-of-numbers-01').toString('base64')}`,
  });
});
after(async () => {
  await service.stop();
  server.close();
  server.closeAllConnections();
});

async function send(path: string, body: string, headers: Record<string, string> = {}) {
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
  const answer = await fetch(service.host.url + path, init);
  return { status: answer.status, text: await answer.text() };
}

async function readEnded(taskId: string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${service.host.url}/api/v1/tasks/${taskId}`);
    const text = await answer.text();
    if (/"status":"(completed|failed)"/.test(text)) return text;
    await sleep(100);
  }
}

const schema = '{"type":"object","required":["id"],"properties":{"id":{"type":"number","minimum":0.0}}}';
const bodyOf = (id: string, more = '') =>
  `{"type":"custom","prompt":"Repeat the record.","data":{"id":${id}},"config":{"cache_enabled":true,"temperature":0.0,"response_schema":${schema}}${more}}`;
const dataOf = (id: string) => `"data":{"id":${id},"score":1.0}`;
const has = (text: string, part: string) => assert.ok(text.includes(part), `${part} in ${text}`);
const taskIdOf = (text: string) => /"task_id":"(task_[\w-]+)"/.exec(text)?.[1] ?? assert.fail(text);

test('two tasks that differ in the last digit have answers of their own, from the model, the cache and the table', async () => {
  for (const id of ['9007199254740992', '9007199254740993', '1e400', '1.50', '-0']) {
    const { text } = await send('/api/v1/process/sync', bodyOf(id));
    has(text, dataOf(id));
    has(asked.at(-1) ?? '', `\\"id\\": ${id}`);
    has(await readEnded(taskIdOf(text)), dataOf(id));
    const calls = asked.length;
    const again = await send('/api/v1/tasks', bodyOf(id).replace('{"type"', '{ "type"'));
    has(await readEnded(taskIdOf(again.text)), dataOf(id));
    assert.equal(asked.length, calls, 'the equal one is answered from the cache');
  }
});

test('an Idempotency-Key tells bodies apart by a digit, and not by their order or blanks', async () => {
  const headers = { 'idempotency-key': 'digits' };
  const first = await send(
    '/api/v1/tasks',
    '{"type":"custom","prompt":"p","data":{"id":9007199254740993,"a":1}}',
    headers,
  );
  const same = await send(
    '/api/v1/tasks',
    '{"prompt":"p", "type":"custom","data":{"a":1,"id":9007199254740993}}',
    headers,
  );
  assert.equal(taskIdOf(same.text), taskIdOf(first.text));
  const other = await send(
    '/api/v1/tasks',
    '{"type":"custom","prompt":"p","data":{"id":9007199254740992,"a":1}}',
    headers,
  );
  assert.equal(other.status, 422);
  has(other.text, 'idempotency_key_reused');
});

test('streams, batches, events and webhooks have the digits too', async () => {
  const socket = new WebSocket(service.host.wsUrl);
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  await once(socket, 'open');
  const streamed = await send('/api/v1/process/stream', bodyOf('18446744073709551615'));
  has(streamed.text, dataOf('18446744073709551615'));
  has(streamed.text, '{\\"id\\":18446744073709551615');
  const tasks = ['18446744073709551616', '18446744073709551617'].map((id) =>
    bodyOf(id, `,"callback_url":"${origin}/hook"`),
  );
  const batch = await send('/api/v1/tasks/batch', `{"tasks":[${tasks}]}`);
  const ids = [...batch.text.matchAll(/task_[\w-]+/g)].map(([id]) => id).filter((id) => id !== 'task_id');
  const ended = await Promise.all(ids.map(readEnded));
  has(ended.join(), dataOf('18446744073709551616'));
  has(ended.join(), dataOf('18446744073709551617'));
  for (
    let wait = 0;
    wait < 100 && (hooks.length < 2 || frames.filter((frame) => frame.includes('completed')).length < 3);
    wait += 1
  )
    await sleep(100);
  socket.terminate();
  for (const id of ['18446744073709551616', '18446744073709551617']) {
    has(hooks.join(), dataOf(id));
    has(frames.join(), dataOf(id));
  }
});

test('chats keep the digits of their messages, their tools and what the model calls them with', async () => {
  const chat = (id: string, more = '') =>
    `{"model":"local/default","temperature":0.0,"max_tokens":64.0,"messages":[{"role":"user","content":"{\\"id\\": ${id}}"}]${more}}`;
  const answered = await send('/v1/chat/completions', chat('9007199254740993'));
  has(answered.text, '{\\"id\\":9007199254740993,\\"score\\":1.0}');
  const tools = `,"tools":[{"type":"function","function":{"name":"find","parameters":{"type":"object","properties":{"id":{"type":"integer","maximum":18446744073709551615}}}}}]`;
  const called = await send('/v1/chat/completions', chat('18446744073709551615', tools));
  has(called.text, '"arguments":"{\\"id\\":18446744073709551615,\\"score\\":1.0}"');
  has(asked.at(-1) ?? '', '"maximum":18446744073709551615');
});
