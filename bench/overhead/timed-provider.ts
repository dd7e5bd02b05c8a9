import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A provider in its own process whose answers take a known time: 100 ms to the first token, then twenty tokens of 5 ms.
 * Without streaming the whole is there after as long.
 */
const firstTokenMs = 100;
const tokenMs = 5;
const tokens = Array.from({ length: 20 }, (_, index) => `token${index} `);
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const head = { id: 'chatcmpl-bench', created: 0, model: 'gpt-6-luna' };

async function stream(response: ServerResponse, includeUsage: boolean): Promise<void> {
  const send = (data: unknown) => response.write(`data: ${JSON.stringify(data)}\n\n`);
  const chunk = (choices: object[], more: object = {}) =>
    send({ ...head, object: 'chat.completion.chunk', choices, ...more });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  await sleep(firstTokenMs);
  for (const [index, content] of tokens.entries()) {
    if (index > 0) await sleep(tokenMs);
    const role = index === 0 ? { role: 'assistant' } : {};
    chunk([{ index: 0, delta: { ...role, content }, finish_reason: null }]);
  }
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  if (includeUsage) chunk([], { usage });
  response.end('data: [DONE]\n\n');
}

async function answer(response: ServerResponse): Promise<void> {
  await sleep(firstTokenMs + (tokens.length - 1) * tokenMs);
  const message = { role: 'assistant', content: tokens.join('') };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
}

const server = createServer(async (request, response) => {
  // A gateway may look first what there is.
  if (request.method !== 'POST') return void response.writeHead(404).end();
  let text = '';
  for await (const part of request) text += part;
  const body = JSON.parse(text) as { stream?: boolean; stream_options?: { include_usage?: boolean } };
  if (body.stream) await stream(response, body.stream_options?.include_usage === true);
  else await answer(response);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
