import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour, CallRecord, ProviderReport } from './fleet.ts';

/**
 * A provider in its own process: an OpenAI-compatible server with a latency for each model, a share of
 * failures, times in which every call fails, and times in which every call is answered by 429. It records
 * each call. POST /control sets its behaviour and drops the records, GET /report answers them.
 */
let behaviour: Behaviour = { latencyMs: {}, jitter: 0, errorRate: 0 };
let startedAt = Date.now();
let calls: CallRecord[] = [];

const answer = {
  summary: 'The order came late and incomplete; the customer asks for the rest or the money back.',
  key_points: ['The order came late.', 'Two of five articles are missing.', 'A refund is asked for.'],
  language: 'en',
};
const content = JSON.stringify(answer);

function reply(
  response: ServerResponse,
  status: number,
  json: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
}

/** Milliseconds until the present time of 429s ends; 0 outside of one. */
function limitedFor(now: number): number {
  const { limits } = behaviour;
  if (!limits) return 0;
  const inCycle = (now - startedAt) % limits.everyMs;
  return inCycle >= limits.everyMs - limits.forMs ? limits.everyMs - inCycle : 0;
}

function isDown(now: number): boolean {
  const { down } = behaviour;
  return down !== undefined && now - startedAt >= down.fromMs && now - startedAt < down.untilMs;
}

function serve(body: string, response: ServerResponse): void {
  const { model } = JSON.parse(body) as { model: string };
  const now = Date.now();
  const call: CallRecord = { model, startedAt: now, endedAt: null, status: 0, retryUntil: null };
  calls.push(call);
  const end = (status: number, json: unknown, headers?: Record<string, string>) => {
    call.status = status;
    call.endedAt = Date.now();
    reply(response, status, json, headers);
  };
  const limited = limitedFor(now);
  if (limited > 0) {
    // Told in milliseconds as well, so that the end of the wait is the end of the limit.
    call.retryUntil = now + limited;
    const headers = { 'retry-after': String(Math.ceil(limited / 1000)), 'retry-after-ms': String(limited) };
    end(429, { error: { message: 'slow down', type: 'rate_limit_reached_error' } }, headers);
    return;
  }
  const latency = (behaviour.latencyMs[model] ?? 1_000) * (1 + behaviour.jitter * (2 * Math.random() - 1));
  const fails = isDown(now) || Math.random() < behaviour.errorRate;
  const timer = setTimeout(
    () =>
      fails
        ? end(500, { error: { message: 'server fault', type: 'server_error' } })
        : end(200, {
            id: `call-${calls.length}`,
            object: 'chat.completion',
            created: 0,
            model,
            choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
            usage: {
              prompt_tokens: Math.ceil(body.length / 4),
              completion_tokens: Math.ceil(content.length / 4),
            },
          }),
    fails ? latency / 10 : latency,
  );
  response.on('close', () => clearTimeout(timer));
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.url === '/control') {
    behaviour = JSON.parse(body) as Behaviour;
    startedAt = Date.now();
    calls = [];
    reply(response, 200, {});
  } else if (request.url === '/report') {
    reply(response, 200, { startedAt, calls } satisfies ProviderReport);
  } else serve(body, response);
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
