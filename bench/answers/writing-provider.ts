import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A provider in its own process that writes each answer word by word, no two alike, and knows how many calls it had at once
 * and when each of its callers went away. POST /control sets how fast it writes, GET /report tells.
 */
export interface Writing {
  words: number;
  wordMs: number;
}

export interface WritingReport {
  active: number;
  mostAtOnce: number;
  calls: { call: number; startedAt: number; closedAt: number | null; wasLeft: boolean }[];
}

let writing: Writing = { words: 20, wordMs: 50 };
let report: WritingReport = { active: 0, mostAtOnce: 0, calls: [] };

async function write(response: ServerResponse, call: number, streams: boolean): Promise<void> {
  const words = Array.from({ length: writing.words }, (_, index) => `call${call}word${index} `);
  const usage = { prompt_tokens: 10, completion_tokens: words.length, total_tokens: 10 + words.length };
  const head = { id: `call-${call}`, created: 0, model: 'default' };
  const { wordMs } = writing;
  if (!streams) {
    await sleep(words.length * wordMs);
    const message = { role: 'assistant', content: words.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (choices: object[], more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
    );
  for (const content of words) {
    await sleep(wordMs);
    if (response.destroyed) return;
    send([{ index: 0, delta: { content }, finish_reason: null }]);
  }
  send([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  send([], { usage });
  response.end('data: [DONE]\n\n');
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const json = (value: unknown) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
  if (request.url === '/report') return void json(report);
  if (request.url === '/control') {
    writing = JSON.parse(body) as Writing;
    report = { active: report.active, mostAtOnce: report.active, calls: [] };
    return void json({});
  }
  // It has no list of models.
  if (request.method !== 'POST') return void response.writeHead(404).end();
  const call: WritingReport['calls'][number] = {
    call: report.calls.length,
    startedAt: Date.now(),
    closedAt: null,
    wasLeft: false,
  };
  const own = report;
  own.calls.push(call);
  report.active += 1;
  report.mostAtOnce = Math.max(report.mostAtOnce, report.active);
  response.once('close', () => {
    report.active -= 1;
    call.closedAt = Date.now();
    call.wasLeft = !response.writableFinished;
  });
  await write(response, call.call, (JSON.parse(body) as { stream?: boolean }).stream === true);
}

const server = createServer((request, response) => void serve(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
