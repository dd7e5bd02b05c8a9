import { computed, signal } from '@preact/signals';
import { type Client, createClient } from '../../client/create-client.ts';
import { exactJson } from '../../client/exact-json.ts';
import { LlmServiceError } from '../../client/service-error.ts';
import { ofTab } from './storage.ts';

/** What the service says about itself at `/console/config.json`. */
export interface PageConfig {
  websocket_url?: string | null;
  stream_url?: string | null;
  authentication: 'none' | 'bearer';
  version: string;
}

const storedToken = ofTab('token');

export const config = signal<PageConfig | undefined>(undefined);
export const token = signal(storedToken.read());
/** Why a token is asked for; undefined: it is not. */
export const asksForToken = signal<'missing' | 'wrong' | undefined>(undefined);

export const client = computed<Client>(() =>
  createClient({
    baseUrl: '',
    token: token.value,
    streamUrl: config.value?.stream_url || undefined,
    wsUrl: config.value?.websocket_url || undefined,
    json: exactJson,
    // Pages show that nothing answers, and try again themselves.
    maxRetries: 1,
    timeoutMs: 30_000,
  }),
);

/** Throws what `fetch` throws, and LlmServiceError where what answers is not the service. */
export async function loadConfig(): Promise<void> {
  const answer = await fetch('/console/config.json', { cache: 'no-store' });
  if (!answer.ok)
    throw new LlmServiceError(`The service answered ${answer.status}`, {
      status: answer.status,
      code: 'no_answer',
    });
  const found: PageConfig = await answer.json();
  config.value = found;
  if (found.authentication === 'bearer' && !token.value) asksForToken.value = 'missing';
}

export function takeToken(text: string): void {
  storedToken.write(text);
  token.value = text;
  asksForToken.value = undefined;
}

export function forgetToken(reason: 'missing' | 'wrong' = 'missing'): void {
  storedToken.write(undefined);
  token.value = undefined;
  asksForToken.value = reason;
}

/** Calls the service; what it answers to a wrong token asks for another. */
export async function call<T>(run: (client: Client) => Promise<T>): Promise<T> {
  const used = token.value;
  try {
    return await run(client.value);
  } catch (error) {
    noteRefusal(error, used);
    throw error;
  }
}

export function noteRefusal(error: unknown, used: string | undefined): void {
  if (!isUnauthenticated(error)) return;
  // A call with an earlier token may answer late, and one without any while another is asked for.
  if (used === token.peek() && !asksForToken.peek()) forgetToken(used ? 'wrong' : 'missing');
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof LlmServiceError && error.status === 401;
}
