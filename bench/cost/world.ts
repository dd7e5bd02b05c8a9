import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import type { RequestCounter } from '../../local/requests/request-counter.ts';
import { ReconnectingClient } from '../reconnecting-client.ts';
import { waitUntilQuiet } from '../scheduling/wait-until-quiet.ts';
import { startProcess } from '../start-process.ts';
import { type RunningService, startService } from '../start-service.ts';

/** The service with a provider, who follows its events, and who takes its webhooks. */
export interface World {
  service: RunningService;
  openai: OpenAI;
  /** Of the receiver of webhooks. */
  callbackUrl: string;
  /** Webhooks that came. */
  countWebhooks(): number;
  /** Follows all events over a WebSocket from now on. What coming and going cost is over when they resolve. */
  follow(): Promise<{ ended: ReadonlySet<string>; stop(): Promise<void> }>;
  /** Waits until the provider has given so many answers more than when it was asked for the wait, and all is quiet. */
  settleAfter(calls: number, counter: RequestCounter, act: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** Longer than a function keeps what it read of providers, so that each task pays for its own look; counts are written by then. */
const quietMs = 1_600;
/** Longer than any of the calls that a connection comes to. */
const comingMs = 400;
const patienceMs = 180_000;

export async function startWorld(settings: Record<string, string>): Promise<World> {
  const { child, message } = await startProcess<{ port: number }>(
    join(import.meta.dirname, 'sized-provider.ts'),
  );
  const providerUrl = `http://127.0.0.1:${message.port}`;
  const answered = async () => Number(await (await fetch(`${providerUrl}/answered`)).text());
  let webhooks = 0;
  const receiver = createServer((request, response) => {
    webhooks += 1;
    request.resume();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const service = await startService({
    LLM_PROVIDERS: 'local',
    LOCAL_LLM_BASE_URL: `${providerUrl}/v1`,
    LLM_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    LLM_MAX_QUEUE_SIZE: '100000',
    ...settings,
  });
  return {
    service,
    openai: new OpenAI({ baseURL: `${service.host.url}/v1`, apiKey: 'none', maxRetries: 0 }),
    callbackUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    countWebhooks: () => webhooks,
    async follow() {
      const everything = { taskIds: [], batchIds: [] };
      const since = new Date().toISOString();
      const follower = new ReconnectingClient(service.host.wsUrl, undefined, everything, since);
      const counter = service.host.countRequests();
      const settle = () => waitUntilQuiet(counter, comingMs, patienceMs);
      await follower.connect();
      await settle();
      return {
        ended: follower.ended,
        async stop() {
          follower.stop();
          await settle();
          counter.stop();
        },
      };
    },
    async settleAfter(calls, counter, act) {
      const goal = (await answered()) + calls;
      await act();
      const giveUpAt = Date.now() + patienceMs;
      while ((await answered()) < goal) {
        if (Date.now() > giveUpAt) throw new Error(`The provider was not called ${calls} times`);
        await sleep(50);
      }
      await waitUntilQuiet(counter, quietMs, patienceMs);
    },
    async stop() {
      await service.stop();
      child.disconnect();
      receiver.close();
    },
  };
}
