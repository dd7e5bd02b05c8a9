import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Body, Step } from './step.ts';
import { say } from './steps.ts';

export interface Call {
  path: string;
  headers: IncomingMessage['headers'];
  body: Body;
  /** Epoch ms. */
  at: number;
}

export interface FakeProvider {
  baseUrl: string;
  /** Does with the calls whose body has this text what is said, one after the other; the last step is repeated. */
  on(mark: string, ...steps: Step[]): void;
  /** The calls whose body has this text. */
  calls(mark: string): Call[];
  close(): void;
}

/** An HTTP server on loopback that speaks OpenAI's wire and fails as it is told; without a word it answers. */
export async function startFakeProvider(name: string): Promise<FakeProvider> {
  const plans = new Map<string, Step[]>();
  const seen: (Call & { text: string })[] = [];
  const usual = say(`This is ${name}`);
  const server = createServer(async (request, response) => {
    // Which models it has it does not say, as many a proxy.
    if (request.method === 'GET') return response.writeHead(404).end();
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as Body;
    seen.push({ path: request.url ?? '', headers: request.headers, body, at: Date.now(), text });
    const steps = [...plans].find(([mark]) => text.includes(mark))?.[1] ?? [];
    const step = steps.length > 1 ? steps.shift() : steps[0];
    await (step ?? usual)(response, body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    on: (mark, ...steps) => void plans.set(mark, steps),
    calls: (mark) => seen.filter(({ text }) => text.includes(mark)),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
