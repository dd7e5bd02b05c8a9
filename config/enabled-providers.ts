import type { Provider } from '../core/providers/provider.ts';
import { baseUrlVariable, hasBaseUrl, hasKey, keyVariable } from './provider-variables.ts';
import { ConfigurationError, type Variables } from './settings-variables.ts';

export interface EnabledProviders {
  providers: Provider[];
  /** Sentences to show to the person who starts or deploys the service. */
  notices: string[];
}

/** Of the catalogue, in its order. Unknown names were refused before. */
function findNamed(names: readonly string[], catalogue: readonly Provider[]): Provider[] {
  return catalogue.filter((provider) => names.includes(provider.name));
}

/** The variable that the provider lacks, of its key and its base URL; undefined: it can be called. */
export function whatIsMissing(provider: Provider, source: Variables): string | undefined {
  if (provider.key === 'required' && !hasKey(provider, source)) return keyVariable(provider.name);
  if (!hasBaseUrl(provider, source)) return baseUrlVariable(provider);
  return undefined;
}

/** On one machine or an emulator: those with a key, limited by LLM_PROVIDERS; without any, `simulated`. */
export function enableProvidersHere(
  names: readonly string[],
  catalogue: readonly Provider[],
  source: Variables,
): EnabledProviders {
  const named = findNamed(names, catalogue);
  const candidates =
    named.length > 0 ? named : catalogue.filter((definition) => definition.dialect !== 'simulated');
  const providers = candidates.filter((definition) => whatIsMissing(definition, source) === undefined);
  const notices = named
    .filter((definition) => !providers.includes(definition))
    .map(
      (definition) =>
        `${definition.name} is named in LLM_PROVIDERS and left out: ${whatIsMissing(definition, source)} is not set`,
    );
  if (providers.length > 0) return { providers, notices };
  return {
    providers: catalogue.filter((definition) => definition.name === 'simulated'),
    notices: [
      ...notices,
      'No provider is configured: answers are made up by the provider "simulated". Set a key, such as KIMI_API_KEY, to ask a real model.',
    ],
  };
}

/** On AWS: those that LLM_PROVIDERS names, with keys in SSM; else those whose key is set at synth. */
export function enableProvidersOnAws(
  names: readonly string[],
  catalogue: readonly Provider[],
  source: Variables,
): EnabledProviders {
  const named = findNamed(names, catalogue);
  const withKey = catalogue.filter((definition) => definition.key !== 'none' && hasKey(definition, source));
  const providers = named.length > 0 ? named : withKey;
  if (providers.length === 0)
    throw new ConfigurationError([
      'LLM_PROVIDERS is not set, so the deployment has no provider: name those to use, for example LLM_PROVIDERS=kimi,openai, ' +
        'and put each key into the SSM parameter that the stack names (LLM_PROVIDERS=simulated deploys made-up answers)',
    ]);
  const withoutUrl = providers.filter((definition) => !hasBaseUrl(definition, source));
  if (withoutUrl.length > 0)
    throw new ConfigurationError(
      withoutUrl.map(
        (definition) =>
          `${baseUrlVariable(definition)} is not set, and the provider ${definition.name} has no base URL of its own`,
      ),
    );
  return {
    providers,
    notices: providers.some((definition) => definition.dialect === 'simulated')
      ? ['The provider "simulated" is deployed: its answers are made up.']
      : [],
  };
}
