import { settingPlaces } from '../../config/file/setting-places.ts';
import { localHostDefaults } from '../../config/known-variables.ts';
import { mergeSettings } from '../../config/setting-values.ts';
import { parseVariables, present } from '../../config/settings-variables.ts';
import { webhookRetryDelays } from '../../core/webhooks/retry-delays.ts';
import { formatDuration } from './format-duration.ts';
import type { Row } from './format-rows.ts';
import { listProviderValues } from './list-provider-values.ts';
import { originOf, type Sources, variableOrigin } from './sources.ts';

/** Everything that is in force, in the order of the file. */
export function listValues(sources: Sources): Row[] {
  return [
    ...listSettings(sources),
    ...listWeights(sources),
    ...listProviderValues(sources),
    ...sources.file.ownTypes.map(({ name, requires, resultSchema }) => ({
      name: `task_types.${name}`,
      value: `needs ${requires}, answers ${resultSchema ? 'by its schema' : 'free text'}`,
      origin: originOf(undefined, ['task_types', name], sources),
    })),
    ...listTenants(sources),
    ...listSecrets(sources),
    ...(sources.target === 'local' ? listHostVariables(sources) : []),
  ];
}

const durations = ['LLM_TASK_TIMEOUT', 'LLM_RETENTION', 'LLM_CACHE_TTL', 'LLM_WEBHOOK_RETRY_DELAYS'];

function listSettings(sources: Sources): Row[] {
  const { file, variables, target, configuration } = sources;
  const given = parseVariables(variables).variables;
  const { webhooks } = configuration.settings;
  const values: Record<string, unknown> = {
    ...mergeSettings(file.settings, given),
    LLM_WEBHOOK_ALLOW_HTTP: webhooks.allowHttp,
    LLM_WEBHOOK_ALLOW_PRIVATE: webhooks.allowPrivate,
    LLM_WEBHOOK_RETRY_DELAYS: webhooks.retryDelaysMs ?? webhookRetryDelays,
  };
  return Object.entries(settingPlaces).flatMap(([variable, place]): Row[] => {
    const name = place.join('.');
    if (variable === 'LLM_TYPE_LIMITS')
      return Object.entries(values[variable] as Record<string, number>).map(([type, limit]) => ({
        name: `${name}.${type}`,
        value: String(limit),
        origin: originOf(given.LLM_TYPE_LIMITS?.[type] ? variable : undefined, [...place, type], sources),
      }));
    const origin = originOf(variable, place, sources);
    const isByTarget = origin === 'default' && /ALLOW_(HTTP|PRIVATE)$/.test(variable);
    const value = show(values[variable], durations.includes(variable));
    return [{ name, value, origin: isByTarget ? `default of ${target}` : origin }];
  });
}

function show(value: unknown, isDuration: boolean): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((each) => show(each, isDuration)).join(', ');
  return isDuration ? formatDuration(Number(value)) : String(value);
}

function listWeights(sources: Sources): Row[] {
  return Object.entries(sources.file.routingWeights).map(([strategy, { cost, speed, quality }]) => ({
    name: `routing.weights.${strategy}`,
    value: `cost ${cost}, speed ${speed}, quality ${quality}`,
    origin: originOf(undefined, ['routing', 'weights', strategy], sources),
  }));
}

/** A command may have stored others: `npm run tenants -- limits` shows those in force. */
function listTenants(sources: Sources): Row[] {
  return Object.entries(sources.file.tenants).flatMap(([tenant, limits]) =>
    Object.entries(limits).map(([name, value]) => ({
      name: `tenants.${tenant}.${name}`,
      value: show(value, false),
      origin: originOf(undefined, ['tenants', tenant, name], sources),
    })),
  );
}

/** Whether they are set, and never what they are. */
function listSecrets(sources: Sources): Row[] {
  const { configuration, target } = sources;
  return Object.entries(configuration.localParameters).map(([parameter, variable]) => {
    if (target === 'aws')
      return { name: variable, value: 'not looked at', origin: `SSM parameter ${parameter}` };
    const origin = variableOrigin(variable, sources);
    return { name: variable, value: origin ? 'set' : 'not set', origin: origin ?? '' };
  });
}

function listHostVariables(sources: Sources): Row[] {
  return Object.entries(localHostDefaults).map(([name, otherwise]) => ({
    name,
    value: present(sources.variables, name) ?? otherwise,
    origin: variableOrigin(name, sources) ?? 'default',
  }));
}
