import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleText } from './sample-text.ts';

/**
 * A provider in its own process, OpenAI-compatible: `#<milliseconds>/<bytes>#` in a prompt says how long its answer takes
 * and how long it is. GET /answered is how many it gave.
 */
const head = { id: 'chatcmpl-cost', created: 0, model: 'sized' };
const usage = { prompt_tokens: 500, completion_tokens: 250, total_tokens: 750 };
const pieces = 20;
let answered = 0;

async function stream(response: ServerResponse, ms: number, content: string, tellsUsage: boolean) {
  const chunk = (choices: object[], more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
    );
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const size = Math.ceil(content.length / pieces);
  for (let from = 0; from < content.length; from += size) {
    await sleep(ms / pieces);
    const delta = { role: 'assistant', content: content.slice(from, from + size) };
    chunk([{ index: 0, delta, finish_reason: null }]);
  }
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  if (tellsUsage) chunk([], { usage });
  response.end('data: [DONE]\n\n');
}

const server = createServer(async (request, response) => {
  if (request.url === '/answered') return void response.end(String(answered));
  // The service may look first which models there are.
  if (request.method !== 'POST') return void response.writeHead(404).end();
  let text = '';
  for await (const part of request) text += part;
  const body = JSON.parse(text) as { stream?: boolean; stream_options?: { include_usage?: boolean } };
  const [, ms = '0', bytes = '100'] = /#(\d+)\/(\d+)#/.exec(text) ?? [];
  const content = sampleText(Number(bytes), answered);
  if (body.stream) await stream(response, Number(ms), content, body.stream_options?.include_usage === true);
  else {
    await sleep(Number(ms));
    const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices: [choice], usage }));
  }
  answered += 1;
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
