import OpenAI from 'openai';
import { startService } from '../../../bench/start-service.ts';
import { type FakeProvider, startFakeProvider } from './fake-provider.ts';

/** The service with its providers, and the official client of it. */
export interface World {
  /** As a client is given it. */
  baseURL: string;
  apiKey: string;
  openai: FakeProvider;
  deepseek: FakeProvider;
  local: FakeProvider;
  client: OpenAI;
  /** A client with settings of its own. */
  connect(options?: ConstructorParameters<typeof OpenAI>[0]): OpenAI;
  /** Calls the service's own routes; throws unless the status is below 400. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
  call(method: string, path: string, body?: unknown): Promise<any>;
  /** The service's own task behind an answer. */
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  taskOf(response: Response): Promise<any>;
  close(): Promise<void>;
}

/** Signs webhooks. */
export const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** As many tasks may wait. */
export const maxQueueSize = 12;

/**
 * A local host with three providers of which two are ranked by `auto` with ease, `openai` and `deepseek`; `local` takes
 * any model and one call at a time. The simulated one answers by a schema.
 */
export async function startWorld(): Promise<World> {
  const apiKey = 'token-of-the-client-tests';
  const names = ['openai', 'deepseek', 'local'] as const;
  const [openai, deepseek, local] = await Promise.all([
    startFakeProvider('openai'),
    startFakeProvider('deepseek'),
    startFakeProvider('local'),
  ]);
  const providers = { openai, deepseek, local };
  const service = await startService({
    LLM_PROVIDERS: 'openai,deepseek,local,simulated',
    LLM_AUTH_TOKEN: apiKey,
    LLM_WEBHOOK_SECRET: webhookSecret,
    LLM_MAX_QUEUE_SIZE: String(maxQueueSize),
    LLM_CONCURRENCY_LOCAL: '1',
    OPENAI_API_KEY: 'key-of-openai',
    DEEPSEEK_API_KEY: 'key-of-deepseek',
    ...Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_BASE_URL`, providers[name].baseUrl])),
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=10',
  });
  const baseURL = `${service.host.url}/v1`;
  const connect: World['connect'] = (options) => new OpenAI({ baseURL, apiKey, ...options });
  const call: World['call'] = async (method, path, body) => {
    const answer = await fetch(service.host.url + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    baseURL,
    apiKey,
    ...providers,
    client: connect(),
    connect,
    call,
    taskOf: (response) => call('GET', `/api/v1/tasks/${response.headers.get('x-llm-task-id')}`),
    async close() {
      await service.stop();
      for (const provider of Object.values(providers)) provider.close();
    },
  };
}
