import { once } from 'node:events';
import { join } from 'node:path';
import { type Client, createClient } from '../../client/create-client.ts';
import type { Host } from '../../local/start-host.ts';
import { startProcess } from '../start-process.ts';

/** The service that the bench talks to. */
export interface Target {
  name: string;
  wsUrl: string;
  token: string | undefined;
  client: Client;
  /** Environment of the script that replays webhooks; undefined where the queues are not known. */
  queues: Record<string, string | undefined> | undefined;
  stop(): Promise<void>;
}

/** The local host in a process of its own, with the delays of webhooks shortened from hours to seconds. */
export async function startLocalTarget(secret: string): Promise<Target> {
  const settings = {
    LLM_WEBHOOK_SECRET: secret,
    LLM_CONCURRENCY_SIMULATED: '10',
    LLM_WEBHOOK_RETRY_DELAYS: '0s,1s,1s,2s,2s,3s,3s',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&jitter=0.5&error_rate=0.02',
  };
  const file = join(import.meta.dirname, 'local-service.ts');
  const { child, message } = await startProcess<Host>(file, [JSON.stringify(settings)]);
  const ended = once(child, 'exit');
  const { url, wsUrl, awsEndpoint, awsCredentials } = message;
  return {
    ...useTarget(url, wsUrl, undefined),
    name: 'the local host',
    queues: {
      ...process.env,
      AWS_ENDPOINT_URL: awsEndpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: awsCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: awsCredentials.secretAccessKey,
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}

/** The service at these URLs, which must be allowed to call webhooks on loopback. */
export function useTarget(baseUrl: string, wsUrl: string, token: string | undefined): Target {
  return {
    name: baseUrl,
    token,
    wsUrl,
    client: createClient({ baseUrl, token }),
    queues: process.env.AWS_ENDPOINT_URL ? process.env : undefined,
    stop: async () => undefined,
  };
}
