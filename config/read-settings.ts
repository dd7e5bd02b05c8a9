import { authTokenWarning } from '../core/access/auth-token.ts';
import { shareTries } from '../core/events/repeat-shares.ts';
import { webhookRetryDelays } from '../core/webhooks/retry-delays.ts';
import type { AccountPlan } from './account-plan.ts';
import { checkSources, nameOrigins } from './check-sources.ts';
import type { Deployed } from './deployed.ts';
import { enableProvidersHere, enableProvidersOnAws } from './enabled-providers.ts';
import { type FileConfiguration, noFile } from './file/file-configuration.ts';
import { findMisspelt } from './known-variables.ts';
import { type Account, planExecutions } from './plan-executions.ts';
import { hasKey, keyVariable, modelsVariable, type ProviderNumbers } from './provider-variables.ts';
import { mergeSettings, type SettingValues } from './setting-values.ts';
import { Settings } from './settings.ts';
import { ConfigurationError, present, type Variables } from './settings-variables.ts';
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
  /** What goes into the functions' bundles beside them. */
  deployed: Deployed;
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

/** CloudFormation takes 500 resources a stack, of which a provider's queues and its worker are 16 or 17. */
const mostProviders = 14;

/** Name of an SSM parameter of a stage. */
export function parameterName(stage: string, name: string): string {
  return `/llm-service/${stage}/${name}`;
}

/**
 * Reads the LLM_* and provider variables of the environment beside the configuration's file; of secrets only whether they are set.
 * Throws ConfigurationError, which names every variable and every place of the file at fault, and what it should be.
 */
export function readSettings(
  source: Variables,
  context: SettingsContext,
  file: FileConfiguration = noFile,
): Configuration {
  const { variables, numbers } = checkSources(source, file);
  const values = mergeSettings(file.settings, variables);
  const named = (sentence: string) => nameOrigins(sentence, file, variables);
  try {
    const configuration = configure(source, context, file, values, numbers);
    return { ...configuration, notices: configuration.notices.map(named) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.faults.map(named));
  }
}

function configure(
  source: Variables,
  context: SettingsContext,
  file: FileConfiguration,
  values: SettingValues,
  numbers: ReadonlyMap<string, ProviderNumbers>,
): Configuration {
  const enable = context.onAws ? enableProvidersOnAws : enableProvidersHere;
  const enabled = enable(values.LLM_PROVIDERS, file.providers, source);
  if (enabled.providers.length > mostProviders)
    throw new ConfigurationError([
      `${enabled.providers.length} providers are enabled, and a deployment has room for ${mostProviders}: name those to use in LLM_PROVIDERS or enabled_providers`,
    ]);
  const wanted = enabled.providers.map((definition) => ({
    ...(numbers.get(definition.name) as ProviderNumbers),
    limitedBySemaphore: false,
    ...((definition.key === 'required' || (definition.key === 'optional' && hasKey(definition, source))) && {
      keyParameter: parameterName(context.stage, `${definition.name}/api-key`),
    }),
  }));
  const { providers, workers, mappings, notices: shortages } = planExecutions(wanted, values, context);
  const notices = [
    ...file.notices,
    ...findMisspelt(source, file.providers),
    ...findUnusedModels(source, file),
    ...enabled.notices,
    ...shortages,
  ];

  const open = context.onAws ? context.open : present(source, 'LLM_AUTH_TOKEN') === undefined;
  if (open)
    notices.push(
      context.onAws
        ? 'Deployed without authentication, as the context open=true asks: anyone who finds the URL can spend your tokens.'
        : 'LLM_AUTH_TOKEN is not set: programs and loopback pages of this machine need no authentication.',
    );

  const tokenWarning = authTokenWarning(present(source, 'LLM_AUTH_TOKEN') ?? '');
  if (tokenWarning) notices.push(`LLM_AUTH_TOKEN ${tokenWarning}.`);

  const sumOfLimits = providers.reduce((sum, provider) => sum + provider.concurrencyLimit, 0);
  const maxWorkers = values.LLM_MAX_WORKERS ?? null;
  if (maxWorkers !== null && maxWorkers >= sumOfLimits)
    notices.push(
      `LLM_MAX_WORKERS=${maxWorkers} is never reached: the providers' own limits add up to ${sumOfLimits}.`,
    );

  const settings = Settings.parse({
    stage: context.stage,
    version: context.version,
    providers,
    taskTimeoutMs: values.LLM_TASK_TIMEOUT,
    maxQueueSize: values.LLM_MAX_QUEUE_SIZE,
    // A limit that cannot be reached would cost two table writes a task.
    maxWorkers: maxWorkers !== null && maxWorkers < sumOfLimits ? maxWorkers : null,
    typeLimits: values.LLM_TYPE_LIMITS,
    tasksPerInvocation: values.LLM_TASKS_PER_INVOCATION,
    slotsKeptForSync: values.LLM_SLOTS_KEPT_FOR_SYNC,
    lowFirstEvery: values.LLM_LOW_FIRST_EVERY,
    normalFirstEvery: values.LLM_NORMAL_FIRST_EVERY,
    whenClientLeaves: values.LLM_WHEN_CLIENT_LEAVES,
    retentionMs: values.LLM_RETENTION,
    cacheTtlMs: values.LLM_CACHE_TTL,
    open,
    webSocket: values.LLM_ENABLE_WEBSOCKET,
    webhooks: {
      allowHttp: values.LLM_WEBHOOK_ALLOW_HTTP ?? !context.onAws,
      allowPrivate: values.LLM_WEBHOOK_ALLOW_PRIVATE ?? !context.onAws,
      allowedPorts: values.LLM_WEBHOOK_PORTS,
      retryDelaysMs: values.LLM_WEBHOOK_RETRY_DELAYS,
    },
    busEvents: values.LLM_BUS_EVENTS,
  });

  const keys = providers.flatMap(({ name, keyParameter }) =>
    keyParameter === undefined ? [] : [[keyParameter, keyVariable(name)] as const],
  );
  const { providers: catalogue, ownTypes, routingWeights, tenants } = file;
  return {
    settings,
    deployed: { providers: catalogue, ownTypes, routingWeights, tenants },
    workers,
    mappings,
    shareTries,
    webhookTries: (settings.webhooks.retryDelaysMs ?? webhookRetryDelays).length,
    corsOrigins: listOrigins(values),
    webSocket: values.LLM_ENABLE_WEBSOCKET,
    alarmSpendPerHour: values.LLM_ALARM_SPEND_PER_HOUR,
    localParameters: {
      [parameterName(context.stage, 'auth-token')]: 'LLM_AUTH_TOKEN',
      [parameterName(context.stage, 'webhook-secrets')]: 'LLM_WEBHOOK_SECRET',
      ...Object.fromEntries(keys),
    },
    notices,
  };
}

function listOrigins({ LLM_ENABLE_CORS, LLM_CORS_ORIGINS }: SettingValues): string[] {
  if (!LLM_ENABLE_CORS) return [];
  return LLM_CORS_ORIGINS.includes('*') ? ['*'] : LLM_CORS_ORIGINS;
}

/** The models that the file gives to the server of one's own are all that it has. */
function findUnusedModels(source: Variables, file: FileConfiguration): string[] {
  const origin = file.originOf(['providers', 'local', 'models']);
  if (origin === undefined || present(source, modelsVariable) === undefined) return [];
  return [`${modelsVariable} has no effect: ${origin} names the models of local.`];
}
