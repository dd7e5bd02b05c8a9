import { shareTries } from '../core/events/repeat-shares.ts';
import type { Provider } from '../core/providers/provider.ts';
import { webhookRetryDelays } from '../core/webhooks/retry-delays.ts';
import type { AccountPlan } from './account-plan.ts';
import { enableProvidersHere, enableProvidersOnAws } from './enabled-providers.ts';
import { findMisspelt } from './known-variables.ts';
import { typeLimits } from './limits.ts';
import { type Account, planExecutions } from './plan-executions.ts';
import { findStrayLimits, hasKey, keyVariable, readProviderNumbers } from './provider-variables.ts';
import { providers as catalogue } from './providers.ts';
import { type ProviderSettings, Settings } from './settings.ts';
import {
  ConfigurationError,
  parseVariables,
  present,
  SettingsVariables,
  type Variables,
} from './settings-variables.ts';
import { taskTypes } from './task-types.ts';
import type { WorkerPlan } from './worker-plan.ts';

/** What synth knows beside the environment: the CDK context, and the version. */
export interface SettingsContext extends Account {
  stage: string;
  version: string;
  /** On AWS keys are in SSM and nothing is open by default. */
  onAws: boolean;
  /** The context `open=true`: deploy without authentication. */
  open: boolean;
}

/** Everything that synth decides: the functions' `settings`, and what only the templates need. */
export interface Configuration {
  settings: Settings;
  workers: WorkerPlan[];
  /** What the other event source mappings may ask for. */
  mappings: Pick<AccountPlan, 'webhooks' | 'executionsPerShard'>;
  /** Receives after which a webhook goes to its dead-letter queue. */
  webhookTries: number;
  /** How often what a channel of events did not take is tried before it is given up. */
  shareTries: number;
  /** Origins whose pages may call the API; `*` alone: all. */
  corsOrigins: string[];
  webSocket: boolean;
  /** US dollars of calls an hour above which an alarm rings. */
  alarmSpendPerHour: number;
  /** By SSM parameter name: the environment variable that takes its place on one machine. */
  localParameters: Record<string, string>;
  notices: string[];
}

/** Name of an SSM parameter of a stage. */
export function parameterName(stage: string, name: string): string {
  return `/llm-service/${stage}/${name}`;
}

function readProviders(
  definitions: readonly Provider[],
  context: SettingsContext,
  source: Variables,
): ProviderSettings[] {
  return definitions.map((definition) => ({
    ...readProviderNumbers(definition, source),
    limitedBySemaphore: false,
    ...((definition.key === 'required' || (definition.key === 'optional' && hasKey(definition, source))) && {
      keyParameter: parameterName(context.stage, `${definition.name}/api-key`),
    }),
  }));
}

/**
 * Reads the LLM_* and provider variables of the environment; of secrets only whether they are set. Throws
 * ConfigurationError, which names every variable at fault and what it should be.
 */
export function readSettings(
  source: Variables,
  context: SettingsContext,
  definitions: readonly Provider[] = catalogue,
): Configuration {
  const variables = parseVariables(SettingsVariables, source);
  const stray = findStrayLimits(definitions, source);
  if (stray.length > 0)
    throw new ConfigurationError(stray.map((name) => `${name} belongs to no known provider`));

  const limits = { ...typeLimits, ...variables.LLM_TYPE_LIMITS };
  const strangers = Object.keys(limits).filter((type) => !taskTypes.has(type));
  if (strangers.length > 0)
    throw new ConfigurationError([
      `LLM_TYPE_LIMITS (or config/limits.ts) names ${strangers.join(', ')}; known are ${[...taskTypes.keys()].join(', ')}`,
    ]);

  const enable = context.onAws ? enableProvidersOnAws : enableProvidersHere;
  const enabled = enable(variables.LLM_PROVIDERS, definitions, source);
  const wanted = readProviders(enabled.providers, context, source);
  const { providers, workers, mappings, notices: shortages } = planExecutions(wanted, variables, context);
  const notices = [...findMisspelt(source, definitions), ...enabled.notices, ...shortages];

  const open = context.onAws ? context.open : present(source, 'LLM_AUTH_TOKEN') === undefined;
  if (open)
    notices.push(
      context.onAws
        ? 'Deployed without authentication, as the context open=true asks: anyone who finds the URL can spend your tokens.'
        : 'LLM_AUTH_TOKEN is not set: programs and loopback pages of this machine need no authentication.',
    );

  const sumOfLimits = providers.reduce((sum, provider) => sum + provider.concurrencyLimit, 0);
  const maxWorkers = variables.LLM_MAX_WORKERS ?? null;
  if (maxWorkers !== null && maxWorkers >= sumOfLimits)
    notices.push(
      `LLM_MAX_WORKERS=${maxWorkers} is never reached: the providers' own limits add up to ${sumOfLimits}.`,
    );

  const settings = Settings.parse({
    stage: context.stage,
    version: context.version,
    providers,
    taskTimeoutMs: variables.LLM_TASK_TIMEOUT,
    maxQueueSize: variables.LLM_MAX_QUEUE_SIZE,
    // A limit that cannot be reached would cost two table writes a task.
    maxWorkers: maxWorkers !== null && maxWorkers < sumOfLimits ? maxWorkers : null,
    typeLimits: limits,
    tasksPerInvocation: variables.LLM_TASKS_PER_INVOCATION,
    slotsKeptForSync: variables.LLM_SLOTS_KEPT_FOR_SYNC,
    lowFirstEvery: variables.LLM_LOW_FIRST_EVERY,
    normalFirstEvery: variables.LLM_NORMAL_FIRST_EVERY,
    whenClientLeaves: variables.LLM_WHEN_CLIENT_LEAVES,
    retentionMs: variables.LLM_RETENTION,
    cacheTtlMs: variables.LLM_CACHE_TTL,
    open,
    webSocket: variables.LLM_ENABLE_WEBSOCKET,
    webhooks: {
      allowHttp: variables.LLM_WEBHOOK_ALLOW_HTTP ?? !context.onAws,
      allowPrivate: variables.LLM_WEBHOOK_ALLOW_PRIVATE ?? !context.onAws,
      allowedPorts: variables.LLM_WEBHOOK_PORTS,
      retryDelaysMs: variables.LLM_WEBHOOK_RETRY_DELAYS,
    },
    busEvents: variables.LLM_BUS_EVENTS,
  });

  const keys = providers.flatMap(({ name, keyParameter }) =>
    keyParameter === undefined ? [] : [[keyParameter, keyVariable(name)] as const],
  );
  return {
    settings,
    workers,
    mappings,
    shareTries,
    webhookTries: (settings.webhooks.retryDelaysMs ?? webhookRetryDelays).length,
    corsOrigins: variables.LLM_ENABLE_CORS ? variables.LLM_CORS_ORIGINS : [],
    webSocket: variables.LLM_ENABLE_WEBSOCKET,
    alarmSpendPerHour: variables.LLM_ALARM_SPEND_PER_HOUR,
    localParameters: {
      [parameterName(context.stage, 'auth-token')]: 'LLM_AUTH_TOKEN',
      [parameterName(context.stage, 'webhook-secrets')]: 'LLM_WEBHOOK_SECRET',
      ...Object.fromEntries(keys),
    },
    notices,
  };
}
