import * as z from 'zod';
import { parseDuration } from '../core/duration.ts';
import { taskEventTypes } from '../core/tasks/task.ts';

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);
const positive = wholeNumber.refine((number) => number > 0, 'must be at least 1');

const dollars = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,4})?$/, 'must be US dollars such as 10 or 2.50')
  .transform(Number)
  .refine((amount) => amount > 0, 'must be more than 0');

const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((text) => text === 'true' || text === '1');

const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  context.addIssue({ code: 'custom', message: 'must be a duration such as 30s, 5m or 1h30m' });
  return z.NEVER;
});

/** A duration, or 0. SQS hides a message for at most 12 h. */
const delay = z.string().transform((text, context) => {
  const milliseconds = text === '0' ? 0 : parseDuration(text);
  if (milliseconds !== undefined && milliseconds <= 43_200_000) return milliseconds;
  context.addIssue({ code: 'custom', message: 'must be durations up to 12h, such as 0s,5s,5m' });
  return z.NEVER;
});

const port = wholeNumber.refine(
  (number) => number > 0 && number < 65_536,
  'must be ports from 1 to 65535, such as 8443,9443',
);

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** Origins as browsers write them in the header, or `*`. */
const origins = list.transform((parts, context) => {
  for (const part of parts.filter((each) => each !== '*' && !isOrigin(each)))
    context.addIssue({
      code: 'custom',
      message: `has "${part}" where an origin such as https://app.example.com is expected, without a path`,
    });
  return parts.includes('*') ? ['*'] : parts;
});

function isOrigin(text: string): boolean {
  // Every origin under a domain cannot be said: no browser, and no API Gateway, knows such a name.
  return /^https?:[^*]*$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

const busEvents = [...taskEventTypes, 'batch.completed'] as const;

const limitsByName = list.transform((parts, context) => {
  const limits: Record<string, number> = {};
  for (const part of parts) {
    const [, name, limit] = /^([a-z][a-z0-9_]*)=([1-9]\d{0,5})$/.exec(part) ?? [];
    if (name === undefined || limit === undefined)
      context.addIssue({ code: 'custom', message: `has "${part}" where a type=number is expected` });
    else limits[name] = Number(limit);
  }
  return limits;
});

/**
 * The LLM_* variables read at synth, with their defaults; those of single providers are in
 * provider-variables.ts.
 */
export const SettingsVariables = z.object({
  LLM_MAX_WORKERS: positive.optional(),
  LLM_MAX_QUEUE_SIZE: positive.default(10_000),
  LLM_TASK_TIMEOUT: duration.default(3_600_000),
  LLM_ENABLE_CORS: flag.default(true),
  /** Browsers of these origins may call, unless LLM_ENABLE_CORS is false. */
  LLM_CORS_ORIGINS: origins.default(['*']),
  LLM_ENABLE_WEBSOCKET: flag.default(true),
  LLM_PROVIDERS: list.default([]),
  LLM_TASKS_PER_INVOCATION: positive.refine((k) => k <= 10, 'must be at most 10').default(1),
  LLM_LOW_FIRST_EVERY: wholeNumber.default(8),
  LLM_NORMAL_FIRST_EVERY: wholeNumber.default(8),
  LLM_SLOTS_KEPT_FOR_SYNC: wholeNumber.default(0),
  /** A caller who reads a stream has gone away, and the platform says so: the task is cancelled, or goes on. */
  LLM_WHEN_CLIENT_LEAVES: z.enum(['cancel', 'finish'], 'must be cancel or finish').default('cancel'),
  LLM_RETENTION: duration.default(7 * 86_400_000),
  LLM_CACHE_TTL: duration.default(86_400_000),
  LLM_TYPE_LIMITS: limitsByName.default({}),
  /** Default: events that end a task or a batch. On the bus each costs as much as an API request. */
  LLM_BUS_EVENTS: list
    .pipe(z.array(z.enum(busEvents, `may only name ${busEvents.join(', ')}`)))
    .default(['completed', 'failed', 'cancelled', 'batch.completed']),
  /** An alarm rings when calls cost more within an hour. */
  LLM_ALARM_SPEND_PER_HOUR: dollars.default(10),
  /** Whether webhooks may go to http, and to private or loopback addresses. Default: true, on AWS false. */
  LLM_WEBHOOK_ALLOW_HTTP: flag.optional(),
  LLM_WEBHOOK_ALLOW_PRIVATE: flag.optional(),
  /** Ports of webhooks beside 443 (and 80 with http). */
  LLM_WEBHOOK_PORTS: list.pipe(z.array(port)).optional(),
  /** The wait before each try of a webhook; the first has no effect. There are as many tries as members. */
  LLM_WEBHOOK_RETRY_DELAYS: list.pipe(z.array(delay).min(1).max(20)).optional(),
});
export type SettingsVariables = z.infer<typeof SettingsVariables>;

/** Environment variables; an empty one counts as absent. */
export type Variables = Record<string, string | undefined>;

export function present(source: Variables, name: string): string | undefined {
  const value = source[name]?.trim();
  return value === '' ? undefined : value;
}

/** Lists every fault of the configuration, each with its variable. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration is wrong:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Parses the variables a schema names; throws ConfigurationError. */
export function parseVariables<T extends z.ZodObject>(schema: T, source: Variables): z.infer<T> {
  const named = Object.keys(schema.shape).map((name) => [name, present(source, name)]);
  const parsed = schema.safeParse(Object.fromEntries(named));
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`),
  );
}
