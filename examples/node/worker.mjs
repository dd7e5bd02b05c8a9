// A worker that hands tasks to LLM Service and is told of their end by a signed webhook. Node 22, no packages.
//
//   LLM_BASE_URL=http://127.0.0.1:8080 LLM_WEBHOOK_SECRET=whsec_… node worker.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

const { LLM_AUTH_TOKEN: token, LLM_WEBHOOK_SECRET: secret = '', CALLBACK_URL, PORT = '0' } = process.env;
const baseUrl = process.env.LLM_BASE_URL || 'http://127.0.0.1:8080';

/** Whether a delivery is the service's (Standard Webhooks 1.0), and no older than five minutes. */
function verify(headers, body, now = Date.now()) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const timestamp = headers['webhook-timestamp'];
  if (key.length === 0 || !(Math.abs(now / 1000 - Number(timestamp)) <= 300)) return false;
  const expected = createHmac('sha256', key)
    .update(`${headers['webhook-id']}.${timestamp}.`)
    .update(body)
    .digest();
  // Two signatures, while one secret replaces another.
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => Buffer.from(each.slice(3), 'base64'))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
}

async function call(method, path, body) {
  const answer = await fetch(baseUrl + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function handle({ event_type, task_id, data, data_omitted, error }) {
  if (event_type === 'completed') {
    // A result that was too large for an event is read by its id.
    const result = data_omitted ? (await call('GET', `/api/v1/tasks/${task_id}`)).result : data;
    console.log('completed', task_id, JSON.stringify(result));
  } else if (event_type === 'failed') console.log('failed', task_id, `${error.code}: ${error.message}`);
  else console.log(event_type, task_id);
}

const seen = new Set();
const ended = new Set();
const server = createServer(async (request, response) => {
  const body = await buffer(request);
  const isGenuine = request.method === 'POST' && verify(request.headers, body);
  // Answer first and work afterwards: the service waits ten seconds.
  response.writeHead(isGenuine ? 204 : 401).end();
  if (!isGenuine) return;
  const event = JSON.parse(body.toString());
  // An event may come more than once.
  if (seen.has(event.event_id)) return;
  seen.add(event.event_id);
  await handle(event);
  ended.add(event.task_id);
  server.emit('ended');
});
server.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
const callback_url = CALLBACK_URL || `http://127.0.0.1:${server.address().port}/llm-callback`;
console.log('listening', callback_url);

const tasks = [
  { type: 'translation', data: { text: 'Good morning', target_language: 'fr' } },
  // One that fails: no model answers within a millisecond.
  { type: 'custom', prompt: 'Name three rivers.', config: { timeout: '1ms' } },
];
const ids = [];
for (const task of tasks) {
  const { task_id } = await call('POST', '/api/v1/tasks', { ...task, callback_url });
  console.log('submitted', task_id);
  ids.push(task_id);
}
// The webhook may come before the answer to the submission.
while (!ids.every((id) => ended.has(id))) await once(server, 'ended');
server.close();
server.closeAllConnections();
