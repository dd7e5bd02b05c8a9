import type { Provider } from '../core/providers/provider.ts';
import { baseUrlVariable, hasBaseUrl, hasKey, keyVariable } from './provider-variables.ts';
import { ConfigurationError, type Variables } from './settings-variables.ts';

export interface EnabledProviders {
  providers: Provider[];
  /** Lines for whoever starts or deploys. */
  notices: string[];
}

function findNamed(names: readonly string[], catalogue: readonly Provider[]): Provider[] {
  const unknown = names.filter((name) => !catalogue.some((provider) => provider.name === name));
  if (unknown.length > 0)
    throw new ConfigurationError([
      `LLM_PROVIDERS names ${unknown.join(', ')}; known are ${catalogue.map((row) => row.name).join(', ')}`,
    ]);
  return catalogue.filter((provider) => names.includes(provider.name));
}

/** Providers that the environment can serve at once: a key where one is required, and a base URL. */
function whatIsMissing(provider: Provider, source: Variables): string | undefined {
  if (provider.key === 'required' && !hasKey(provider, source)) return keyVariable(provider.name);
  if (!hasBaseUrl(provider, source)) return baseUrlVariable(provider);
  return undefined;
}

/** One machine or an emulator: whatever has its key, limited by LLM_PROVIDERS; with nothing, `simulated`. */
export function enableProvidersHere(
  names: readonly string[],
  catalogue: readonly Provider[],
  source: Variables,
): EnabledProviders {
  const named = findNamed(names, catalogue);
  const candidates = named.length > 0 ? named : catalogue.filter((row) => row.dialect !== 'simulated');
  const providers = candidates.filter((row) => whatIsMissing(row, source) === undefined);
  const notices = named
    .filter((row) => !providers.includes(row))
    .map(
      (row) => `${row.name} is named in LLM_PROVIDERS and left out: ${whatIsMissing(row, source)} is not set`,
    );
  if (providers.length > 0) return { providers, notices };
  return {
    providers: catalogue.filter((row) => row.name === 'simulated'),
    notices: [
      ...notices,
      'No provider is configured: answers are made up by the provider "simulated". Set a key, such as KIMI_API_KEY, to ask a real model.',
    ],
  };
}

/** A deployment: what LLM_PROVIDERS names, whose keys are in SSM, or else what has a key in this environment. */
export function enableProvidersOnAws(
  names: readonly string[],
  catalogue: readonly Provider[],
  source: Variables,
): EnabledProviders {
  const named = findNamed(names, catalogue);
  const withKey = catalogue.filter((row) => row.key !== 'none' && hasKey(row, source));
  const providers = named.length > 0 ? named : withKey;
  if (providers.length === 0)
    throw new ConfigurationError([
      'LLM_PROVIDERS is not set, so the deployment has no provider: name those to use, for example LLM_PROVIDERS=kimi,openai, ' +
        'and put each key into the SSM parameter that the stack names (LLM_PROVIDERS=simulated deploys made-up answers)',
    ]);
  const withoutUrl = providers.filter((row) => !hasBaseUrl(row, source));
  if (withoutUrl.length > 0)
    throw new ConfigurationError(
      withoutUrl.map(
        (row) =>
          `${baseUrlVariable(row)} is not set, and the provider ${row.name} has no base URL of its own`,
      ),
    );
  return {
    providers,
    notices: providers.some((row) => row.dialect === 'simulated')
      ? ['The provider "simulated" is deployed: its answers are made up.']
      : [],
  };
}
