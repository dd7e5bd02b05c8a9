import { administratorAccessKeyId } from '../../local/aws-endpoint.ts';
import { startService } from '../start-service.ts';

/** The service that the bench talks to. */
export interface Target {
  name: string;
  wsUrl: string;
  token: string | undefined;
  call<T>(method: string, path: string, body: unknown): Promise<T>;
  /** For the script that replays webhooks; undefined where the bench does not know the queues. */
  queues: Record<string, string | undefined> | undefined;
  stop(): Promise<void>;
}

/** The local host in this process, with the delays of webhooks shortened from hours to seconds. */
export async function startLocalTarget(secret: string): Promise<Target> {
  const service = await startService({
    LLM_WEBHOOK_SECRET: secret,
    LLM_CONCURRENCY_SIMULATED: '10',
    LLM_WEBHOOK_RETRY_DELAYS: '0s,1s,1s,2s,2s,3s,3s',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&jitter=0.5&error_rate=0.02',
  });
  return {
    name: 'the local host',
    token: undefined,
    wsUrl: service.host.wsUrl,
    call: service.call,
    queues: {
      ...process.env,
      AWS_ENDPOINT_URL: service.host.awsEndpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: administratorAccessKeyId,
      AWS_SECRET_ACCESS_KEY: 'unchecked',
    },
    stop: service.stop,
  };
}

/** What serves at these URLs, and is allowed to call loopback. */
export function useTarget(baseUrl: string, wsUrl: string, token: string | undefined): Target {
  return {
    name: baseUrl,
    token,
    wsUrl,
    async call<T>(method: string, path: string, body: unknown) {
      const headers = {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      };
      const answer = await fetch(`${baseUrl}${path}`, { method, headers, body: JSON.stringify(body) });
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    queues: process.env.AWS_ENDPOINT_URL ? process.env : undefined,
    stop: async () => undefined,
  };
}
