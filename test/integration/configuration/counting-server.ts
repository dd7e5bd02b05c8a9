import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Call {
  server: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  text: string;
  startedAt: number;
  endedAt: number;
}

/** Every call of the servers of a test. */
export class Calls {
  readonly all: Call[] = [];

  /** Of calls that fit the most that ran at once. */
  mostAtOnce(fits: (call: Call) => boolean = () => true): number {
    const calls = this.all.filter(fits);
    const at = calls.map(
      ({ startedAt }) => calls.filter((one) => one.startedAt <= startedAt && startedAt < one.endedAt).length,
    );
    return Math.max(0, ...at);
  }
}

/** A server of OpenAI's dialect that takes a while, and answers a schema by what it asks for. */
export async function startCountingServer(name: string, calls: Calls) {
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return response.writeHead(404).end();
    const startedAt = performance.now();
    let text = '';
    for await (const chunk of request) text += chunk;
    await sleep(150);
    const { url: path = '', headers } = request;
    const call = { server: name, path, headers, body: JSON.parse(text), text, startedAt };
    calls.all.push({ ...call, endedAt: performance.now() });
    const content = text.includes('article number') ? '{"skus":["A-1"]}' : `This is ${name}`;
    const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
    const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        id: '1',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [choice],
        usage,
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
