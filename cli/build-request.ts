import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import type { ParseArgsOptionsConfig } from 'node:util';
import { exactJson } from '../client/exact-json.ts';
import type { TaskConfig, TaskRequest } from '../client/wire.ts';
import { text, type Values } from './command.ts';
import { UsageError } from './usage-error.ts';

const string = { type: 'string' } as const;

export const requestOptions: ParseArgsOptionsConfig = {
  type: string,
  prompt: string,
  data: string,
  text: string,
  schema: string,
  priority: string,
  provider: string,
  model: string,
  strategy: string,
  timeout: string,
  'max-retries': string,
  temperature: string,
  'max-tokens': string,
  cache: { type: 'boolean' },
  metadata: { type: 'string', multiple: true },
  'callback-url': string,
  request: string,
};

/** The task that arguments and options describe. The service checks it; here only what could not be read. */
export async function buildRequest(values: Values, positionals: string[]): Promise<TaskRequest> {
  const [argument, ...others] = positionals;
  if (others.length > 0) throw new UsageError('Put the prompt into quotes: it is one argument');
  const whole = await readJson(values, 'request');
  if (whole !== undefined && (typeof whole !== 'object' || whole === null || Array.isArray(whole)))
    throw new UsageError('--request is not an object of JSON');
  const given = (whole ?? {}) as Partial<TaskRequest>;
  const prompt = await readText(text(values, 'prompt') ?? argument, '--prompt');
  const aboutText = await readText(text(values, 'text'), '--text');
  const data = aboutText === undefined ? await readJson(values, 'data') : { text: aboutText };
  const config = { ...given.config, ...(await buildConfig(values)) };
  const metadata = { ...given.metadata, ...readPairs(values) };
  const request: TaskRequest = {
    ...given,
    type: text(values, 'type') ?? given.type ?? 'custom',
    ...(prompt !== undefined && { prompt }),
    ...(data !== undefined && { data }),
    ...named('priority', text(values, 'priority')),
    ...named('callback_url', text(values, 'callback-url')),
    ...(Object.keys(config).length > 0 && { config }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
  if (request.type === 'custom' && request.prompt === undefined)
    throw new UsageError('Say what to do: submit "Name three rivers.", or --type with --data');
  return request;
}

async function buildConfig(values: Values): Promise<TaskConfig> {
  const schema = await readJson(values, 'schema');
  return {
    ...named('provider', text(values, 'provider')),
    ...named('model', text(values, 'model')),
    ...named('strategy', text(values, 'strategy')),
    ...named('timeout', text(values, 'timeout')),
    ...named('max_retries', readNumber(values, 'max-retries')),
    ...named('temperature', readNumber(values, 'temperature')),
    ...named('max_tokens', readNumber(values, 'max-tokens')),
    ...named('cache_enabled', values.cache),
    ...named('response_schema', schema),
  } as TaskConfig;
}

function named(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value };
}

function readNumber(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  if (value.trim() === '' || Number.isNaN(Number(value)))
    throw new UsageError(`--${name} ${value} is no number`);
  return Number(value);
}

function readPairs(values: Values): Record<string, string> {
  const pairs = Array.isArray(values.metadata) ? values.metadata : [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageError(`--metadata ${pair} is not of the form name=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function readJson(values: Values, name: string): Promise<unknown> {
  const source = await readText(text(values, name), `--${name}`);
  if (source === undefined) return undefined;
  try {
    return exactJson.parse(source);
  } catch (error) {
    throw new UsageError(
      `--${name} is no JSON: ${(error as Error).message}\nPut it into single quotes, or into a file: --${name} @file.json`,
    );
  }
}

/** A value as it is, the content of `@<file>`, or standard input for `-`. */
async function readText(value: string | undefined, name: string): Promise<string | undefined> {
  if (value === '-') return readStream(process.stdin);
  if (!value?.startsWith('@')) return value;
  try {
    return await readFile(value.slice(1), 'utf8');
  } catch (error) {
    throw new UsageError(`${name}: ${value.slice(1)} cannot be read: ${(error as Error).message}`);
  }
}
