import * as z from 'zod';
import { parseDuration } from '../duration.ts';
import { invalidRequest, parseRequest } from '../parse-request.ts';
import type { FieldFault } from '../service-error.ts';
import { type SubmissionRules, timeoutFaults } from '../tasks/prepare-task.ts';
import { type Priority, priorities, type TaskConfig, taskEventTypes } from '../tasks/task.ts';
import { CallbackUrl } from '../tasks/task-request.ts';
import { defaultMaxRetries, TaskRequestConfig } from '../tasks/task-request-config.ts';

/** What a caller may say at OpenAI's endpoints beside OpenAI's own parameters, in the body or by headers. */
export const OwnOptions = z
  .object({
    ...TaskRequestConfig.pick({
      timeout: true,
      cache_enabled: true,
      max_retries: true,
      failover: true,
      strategy: true,
      provider: true,
    }).shape,
    priority: z.enum(priorities).optional(),
    callback_url: CallbackUrl.optional(),
    callback_events: z.array(z.enum(taskEventTypes)).max(taskEventTypes.length).optional(),
  })
  .strict();
type OwnOptions = z.infer<typeof OwnOptions>;

export const ownNames: ReadonlySet<string> = new Set(Object.keys(OwnOptions.shape));

/** Of headers: `x-llm-strategy`, `x-llm-max-retries`, … */
const headerPrefix = 'x-llm-';

/** The body's go before the headers'. Throws `invalid_request`. */
function readOwnOptions(
  body: Record<string, unknown>,
  headers: Record<string, string | undefined>,
): OwnOptions {
  const named = [...ownNames].flatMap((name) => {
    const header = headers[headerPrefix + name.replaceAll('_', '-')];
    const value = body[name] ?? (header === undefined ? undefined : readHeader(header));
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  return parseRequest(OwnOptions, Object.fromEntries(named));
}

function readHeader(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

/** The clients' own patience: they give up after ten minutes unless they are told otherwise. */
const defaultTimeoutMs = 600_000;

export interface OpenaiSettings {
  priority: Priority;
  isPriorityAskedFor: boolean;
  timeoutMs: number;
  callbackUrl: string | null;
  callbackEvents: OwnOptions['callback_events'] | null;
  config: TaskConfig;
}

/** Of a task, in milliseconds from its acceptance: what its caller may name, and what it has if they name nothing. */
export interface TaskLife {
  mostMs: number;
  usualMs: number;
}

/** How a task is run, where it says nothing itself. */
export interface RunOptions {
  /** Other than that of a caller who waits. */
  life?: TaskLife | undefined;
  /** Somebody does, by default: without a tier it then goes first. */
  waits?: boolean;
  /** Goes before the tier. */
  priority?: Priority;
}

/**
 * How the task is run that an OpenAI client asks for. `model` is `auto`, a model's name, `<provider>/<model>` or
 * `<provider>/auto`; `service_tier` is a priority. Throws `invalid_request`.
 */
export function readSettings(
  body: { model: string; service_tier?: string | null | undefined } & Record<string, unknown>,
  headers: Record<string, string | undefined>,
  rules: SubmissionRules,
  { life, waits = true, priority }: RunOptions = {},
): OpenaiSettings {
  const { mostMs, usualMs } = life ?? {
    mostMs: rules.taskTimeoutMs,
    usualMs: Math.min(rules.taskTimeoutMs, defaultTimeoutMs),
  };
  const own = readOwnOptions(body, headers);
  const refusal = own.callback_url === undefined ? undefined : rules.checkCallbackUrl(own.callback_url);
  const faults: FieldFault[] = timeoutFaults(own.timeout, mostMs).map(({ detail }) => ({
    pointer: '/timeout',
    detail,
  }));
  if (refusal !== undefined) faults.push({ pointer: '/callback_url', detail: refusal });
  if (faults.length > 0) throw invalidRequest(faults);
  const pin = readModel(body.model, own.provider, rules);
  const isPinned = pin.provider !== undefined || pin.model !== undefined;
  return {
    priority: own.priority ?? priority ?? readTier(body.service_tier, waits),
    isPriorityAskedFor: own.priority !== undefined || asksToBeFirst(body.service_tier),
    timeoutMs: parseDuration(own.timeout ?? '') ?? usualMs,
    callbackUrl: own.callback_url ?? null,
    callbackEvents: own.callback_events ?? null,
    config: {
      ...pin,
      cacheEnabled: own.cache_enabled,
      maxRetries: own.max_retries ?? defaultMaxRetries,
      failover: own.failover ?? !isPinned,
      strategy: own.strategy ?? 'balanced',
    },
  };
}

function readModel(name: string, provider: string | undefined, rules: SubmissionRules) {
  const [first = '', ...rest] = name.split('/');
  const isProvider = rest.length > 0 && rules.enabled.some(({ definition }) => definition.name === first);
  const model = isProvider ? rest.join('/') : name;
  return {
    provider: provider ?? (isProvider ? first : undefined),
    model: model === 'auto' ? undefined : model,
  };
}

/** Whoever waits goes first, unless they say that they need not: https://developers.openai.com/api/docs/guides/flex-processing */
function readTier(tier: string | null | undefined, waits: boolean): Priority {
  if (tier === 'flex') return 'low';
  if (tier === 'default') return 'normal';
  return waits || tier === 'priority' || tier === 'fast' ? 'high' : 'normal';
}

/** The tier that was used, as an answer names it. */
export function tierOf(priority: Priority, asked: string | null | undefined): string {
  if (priority === 'low') return 'flex';
  return asksToBeFirst(asked) ? 'priority' : 'default';
}

function asksToBeFirst(tier: string | null | undefined): boolean {
  return tier === 'priority' || tier === 'fast';
}
