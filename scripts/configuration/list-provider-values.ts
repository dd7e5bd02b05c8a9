import { whatIsMissing } from '../../config/enabled-providers.ts';
import { baseUrlVariables, limitVariable } from '../../config/provider-variables.ts';
import { present } from '../../config/settings-variables.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { formatDuration } from './format-duration.ts';
import type { Row } from './format-rows.ts';
import { originOf, type Sources } from './sources.ts';

/** Of each provider that gets tasks what is in force; of the others why they get none. */
export function listProviderValues(sources: Sources): Row[] {
  return sources.file.providers.flatMap((provider) => listValuesOf(provider, sources));
}

function listValuesOf(provider: Provider, sources: Sources): Row[] {
  const { variables, configuration, target } = sources;
  const { name } = provider;
  const path = ['providers', name];
  const settings = configuration.settings.providers.find((each) => each.name === name);
  if (!settings) {
    const missing = target === 'aws' ? undefined : whatIsMissing(provider, variables);
    const value = missing ? `off: ${missing} is not set` : 'off: not among the enabled';
    return [{ name: path.join('.'), value, origin: originOf(undefined, path, sources) }];
  }
  const row = (key: string, value: unknown, variable?: string): Row => ({
    name: [...path, key].join('.'),
    value: value === undefined ? 'none' : String(value),
    origin: originOf(variable, [...path, key], sources),
  });
  const urlVariable = baseUrlVariables(name).find((each) => present(variables, each) !== undefined);
  return [
    row('base_url', settings.baseUrl ?? provider.baseUrl, urlVariable),
    row('concurrency', settings.concurrencyLimit, limitVariable('CONCURRENCY', name)),
    row('requests_per_minute', settings.requestsPerMinute, limitVariable('RPM', name)),
    row('tokens_per_minute', settings.tokensPerMinute, limitVariable('TPM', name)),
    row('key', provider.key),
    row('structured_output', provider.structuredOutput),
    row('call_timeout', formatDuration(provider.callTimeoutMs)),
    row('default_model', provider.defaultModel),
    ...provider.models.map((model) => ({
      name: [...path, 'models', model.name].join('.'),
      value: `$${model.inputUsdPerMillion} in, $${model.outputUsdPerMillion} out, ${model.contextWindow} tokens`,
      origin: originOf(undefined, [...path, 'models', model.name], sources),
    })),
  ];
}
