import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallRecord, ProviderReport } from './provider-report.ts';

/**
 * A provider in its own process: an OpenAI-compatible server that answers after a service time and writes down how
 * many calls it had at once, when each began and which task it was for (the prompt carries `#<number>#`).
 * POST /control {"serviceMs"} starts a new record, GET /report reads it.
 */
let serviceMs = 100;
let active = 0;
let mostAtOnce = 0;
let calls: CallRecord[] = [];

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const answer = (json: unknown) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(json));
  if (request.url === '/control') {
    serviceMs = (JSON.parse(body) as { serviceMs: number }).serviceMs;
    mostAtOnce = active;
    calls = [];
    return answer({});
  }
  if (request.url === '/report') return answer({ active, mostAtOnce, calls } satisfies ProviderReport);

  const task = Number(/#(\d+)#/.exec(body)?.[1] ?? -1);
  const call: CallRecord = { task, startedAt: Date.now(), endedAt: null };
  calls.push(call);
  active += 1;
  mostAtOnce = Math.max(mostAtOnce, active);
  const timer = setTimeout(() => {
    call.endedAt = Date.now();
    answer({
      id: `call-${calls.length}`,
      object: 'chat.completion',
      created: 0,
      model: 'recording',
      choices: [{ index: 0, message: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 20, completion_tokens: 2, total_tokens: 22 },
    });
  }, serviceMs);
  response.on('close', () => {
    clearTimeout(timer);
    active -= 1;
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
