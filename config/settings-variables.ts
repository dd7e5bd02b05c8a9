import * as z from 'zod';
import { ConfigFile } from './file/config-file.ts';
import { shown } from './shown.ts';

// A variable is a text of what the configuration's file may say: the same schema checks both.

const number = <T extends z.ZodType>(schema: T) => z.preprocess(toNumber, schema);
const flag = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (text) => (text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text),
    schema,
  );
const list = <T extends z.ZodType>(schema: T) => z.preprocess(toList, schema);
const numbers = <T extends z.ZodType>(schema: T) =>
  z.preprocess((text) => toList(text)?.map(toNumber), schema);

function toNumber(text: unknown): unknown {
  return typeof text === 'string' && /^\d{1,9}(\.\d{1,4})?$/.test(text) ? Number(text) : text;
}

function toList(text: unknown): string[] | undefined {
  if (typeof text !== 'string') return undefined;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const limitsByName = z
  .string()
  .transform((text, context) => {
    const limits: Record<string, number> = {};
    for (const part of toList(text) ?? []) {
      const [, name, limit] = /^([a-z][a-z0-9_]*)=([1-9]\d{0,5})$/.exec(part) ?? [];
      if (name === undefined || limit === undefined)
        context.addIssue({ code: 'custom', message: `has "${part}" where a type=number is expected` });
      else if (limits[name] !== undefined)
        context.addIssue({ code: 'custom', message: `names ${name} twice` });
      else limits[name] = Number(limit);
    }
    return limits;
  })
  .optional();

const file = ConfigFile.shape;
const limits = file.limits.unwrap().shape;
const scheduling = file.scheduling.unwrap().shape;
const cors = file.cors.unwrap().shape;
const webhooks = file.webhooks.unwrap().shape;

/** The LLM_* variables read at synth; those of single providers are in provider-variables.ts. */
export const SettingsVariables = z.object({
  LLM_MAX_WORKERS: number(limits.max_workers),
  LLM_MAX_QUEUE_SIZE: number(limits.max_queue_size),
  LLM_TASK_TIMEOUT: limits.task_timeout,
  LLM_ENABLE_CORS: flag(cors.enabled),
  /** Browsers of these origins may call, unless LLM_ENABLE_CORS is false. */
  LLM_CORS_ORIGINS: list(cors.origins),
  LLM_ENABLE_WEBSOCKET: flag(file.websocket.unwrap().shape.enabled),
  /** Names are checked once it is known which providers there are. */
  LLM_PROVIDERS: list(z.array(z.string()).optional()),
  LLM_TASKS_PER_INVOCATION: number(scheduling.tasks_per_invocation),
  LLM_LOW_FIRST_EVERY: number(scheduling.low_first_every),
  LLM_NORMAL_FIRST_EVERY: number(scheduling.normal_first_every),
  LLM_SLOTS_KEPT_FOR_SYNC: number(scheduling.slots_kept_for_sync),
  /** A caller who reads a stream has gone away, and the platform says so: the task is cancelled, or goes on. */
  LLM_WHEN_CLIENT_LEAVES: scheduling.when_client_leaves,
  LLM_RETENTION: file.retention,
  LLM_CACHE_TTL: file.cache.unwrap().shape.ttl,
  LLM_TYPE_LIMITS: limitsByName,
  /** Default: events that end a task or a batch. On the bus each costs as much as an API request. */
  LLM_BUS_EVENTS: list(file.events.unwrap().shape.bus),
  /** An alarm rings when calls cost more within an hour. */
  LLM_ALARM_SPEND_PER_HOUR: number(file.alarms.unwrap().shape.spend_per_hour),
  /** Whether webhooks may go to http, and to private or loopback addresses. Default: true, on AWS false. */
  LLM_WEBHOOK_ALLOW_HTTP: flag(webhooks.allow_http),
  LLM_WEBHOOK_ALLOW_PRIVATE: flag(webhooks.allow_private),
  /** Ports of webhooks beside 443 (and 80 with http). */
  LLM_WEBHOOK_PORTS: numbers(webhooks.ports),
  /** The wait before each try of a webhook; the first has no effect. There are as many tries as members. */
  LLM_WEBHOOK_RETRY_DELAYS: list(webhooks.retry_delays),
});
export type SettingsVariables = z.infer<typeof SettingsVariables>;

/** Environment variables; an empty one counts as absent. */
export type Variables = Record<string, string | undefined>;

export function present(source: Variables, name: string): string | undefined {
  const value = source[name]?.trim();
  return value === '' ? undefined : value;
}

/** Lists every fault of the configuration, each with its variable, or its place in the file. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration is wrong:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** What the variables say, and what is wrong with the others, a sentence for each fault. */
export function parseVariables(source: Variables): { variables: SettingsVariables; faults: string[] } {
  const faults: string[] = [];
  const right = Object.entries(SettingsVariables.shape).flatMap(([name, schema]) => {
    const text = present(source, name);
    const parsed = schema.safeParse(text);
    if (parsed.success) return [[name, parsed.data]];
    for (const { path, message } of parsed.error.issues) {
      const [index] = path;
      const value = typeof index === 'number' ? toList(text)?.[index] : text;
      faults.push(`${name} ${message}, not ${shown(value)}`);
    }
    return [];
  });
  return { variables: Object.fromEntries(right), faults: [...new Set(faults)] };
}
