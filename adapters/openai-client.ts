import type OpenAI from 'openai';
import { headerFault } from '../core/access/header-fault.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import { readHoldBack } from '../core/attempts/read-retry-after.ts';
import type { Provider } from '../core/providers/provider.ts';
import { once } from './once.ts';
import { fetchWithReadableErrors } from './openai-errors.ts';

export interface OpenaiClientOptions {
  provider: Provider;
  baseUrl: string;
  readKey: () => Promise<string | undefined>;
}

/**
 * Gives the `openai` package's client with the key of the moment. The package repeats nothing (the service decides on
 * repeats, once) and is loaded with the first call, for many cold starts never make one.
 */
export function createOpenaiClient(options: OpenaiClientOptions): () => Promise<OpenAI> {
  const open = once(() => load(options.baseUrl));
  let last: { apiKey: string; client: OpenAI } | undefined;
  return async () => {
    const apiKey = await readKey(options);
    if (last?.apiKey !== apiKey) last = { apiKey, client: (await open()).withOptions({ apiKey }) };
    return last.client;
  };
}

async function load(baseURL: string): Promise<OpenAI> {
  const { OpenAI } = await import('openai/client');
  return new OpenAI({
    baseURL,
    apiKey: 'given with each call',
    // The package would read these from the environment and send OpenAI's account to other vendors.
    organization: null,
    project: null,
    adminAPIKey: null,
    maxRetries: 0,
    // Longer than any call may take: callTimeoutMs and the caller's signal end it.
    timeout: 3_600_000,
    logLevel: 'off',
    fetch: fetchWithReadableErrors,
  });
}

async function readKey({ provider, readKey }: OpenaiClientOptions): Promise<string> {
  if (provider.key === 'none') return 'none';
  const key = await readKey();
  if (!key && provider.key === 'required')
    throw new ProviderFailure('auth', `${provider.name} has no API key; its parameter is empty`);
  const fault = key && headerFault(key);
  if (fault) throw new ProviderFailure('auth', `The API key of ${provider.name} ${fault}`);
  return key || 'none';
}

/** What the headers of an answer say of the calls to come; members that they say nothing of are absent. */
export function readLimits(
  headers: Headers,
  now: number,
): { holdBackMs?: number; rateLimits?: Record<string, string> } {
  const all = Object.fromEntries(headers);
  const holdBackMs = readHoldBack(all, now);
  const rateLimits = Object.entries(all).filter(([name]) => name.startsWith('x-ratelimit-'));
  return {
    ...(holdBackMs && { holdBackMs }),
    ...(rateLimits.length > 0 && { rateLimits: Object.fromEntries(rateLimits) }),
  };
}
