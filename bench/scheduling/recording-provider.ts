import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answering, CallRecord, ProviderReport } from './provider-report.ts';

/**
 * A provider in its own process: an OpenAI-compatible server that answers after a service time and writes down how
 * many calls it had at once, when each began, how many tokens it used and which task it was for; the prompt carries
 * `#<task>/<tokens>/<type>#`. POST /control (`Answering`) starts a new record, GET /report reads it.
 */
let answering: Answering = { serviceMs: 100 };
let calls: CallRecord[] = [];
const active = new Map<string, number>();
const most = new Map<string, number>();

function count(names: string[], by: 1 | -1): void {
  for (const name of names) {
    const now = (active.get(name) ?? 0) + by;
    active.set(name, now);
    most.set(name, Math.max(most.get(name) ?? 0, now));
  }
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const answer = (json: unknown) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(json));
  if (request.url === '/control') {
    answering = JSON.parse(body) as Answering;
    most.clear();
    for (const [name, now] of active) most.set(name, now);
    calls = [];
    return answer({});
  }
  if (request.url === '/report')
    return answer({
      active: active.get('all') ?? 0,
      mostAtOnce: most.get('all') ?? 0,
      mostAtOnceOf: Object.fromEntries(most),
      calls,
    } satisfies ProviderReport);

  // It does not say which models it has: no call of a task.
  if (request.method === 'GET') return response.writeHead(404).end();

  const [, task = '-1', tokens = '22', type = ''] = /#(\d+)\/(\d+)\/(\w+)#/.exec(body) ?? [];
  const provider = request.url?.split('/')[1] ?? '';
  const call: CallRecord = {
    task: Number(task),
    tokens: Number(tokens),
    type,
    provider,
    startedAt: Date.now(),
    endedAt: null,
  };
  calls.push(call);
  const names = ['all', type, provider];
  count(names, 1);
  const { serviceMs, isInvalid } = answering;
  const content = isInvalid ? 'I would rather not.' : '{"answer":"done"}';
  const timer = setTimeout(() => {
    call.endedAt = Date.now();
    answer({
      id: `call-${calls.length}`,
      object: 'chat.completion',
      created: 0,
      model: 'recording',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 20, completion_tokens: call.tokens - 20, total_tokens: call.tokens },
    });
  }, serviceMs);
  response.on('close', () => {
    clearTimeout(timer);
    count(names, -1);
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
