import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { exactJson } from '../client/exact-json.ts';
import type { ClientOptions } from '../client/options.ts';
import { UsageError } from './usage-error.ts';

type Variables = Record<string, string | undefined>;

/**
 * Where the service is, and by which token: LLM_BASE_URL, LLM_STREAM_URL, LLM_WS_URL and LLM_AUTH_TOKEN. Without LLM_BASE_URL
 * the local host of this machine, as the `.env` of this folder sets it up. That file's token goes to no other service.
 */
export function findService(environment: Variables, envFile: string): ClientOptions {
  const named = environment.LLM_BASE_URL;
  const local = named ? {} : readEnvFile(envFile);
  const of = (name: string) => environment[name] || local[name] || undefined;
  const baseUrl = of('LLM_BASE_URL') ?? `http://127.0.0.1:${of('LLM_PORT') ?? 8080}`;
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl))
    throw new UsageError(`LLM_BASE_URL is not a URL such as http://127.0.0.1:8080: ${baseUrl}`);
  return {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    // Of two, while one takes the other's place, the first is the new one.
    token: of('LLM_AUTH_TOKEN')?.split(',')[0]?.trim() || undefined,
    streamUrl: of('LLM_STREAM_URL')?.replace(/\/+$/, ''),
    wsUrl: of('LLM_WS_URL'),
    json: exactJson,
  };
}

function readEnvFile(path: string): Variables {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}
