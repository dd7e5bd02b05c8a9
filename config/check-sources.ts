import type { FileConfiguration } from './file/file-configuration.ts';
import { settingPlaces } from './file/setting-places.ts';
import { findNearest } from './nearest-name.ts';
import { findStrayLimits, readProviderNumbers } from './provider-variables.ts';
import {
  ConfigurationError,
  parseVariables,
  type SettingsVariables,
  type Variables,
} from './settings-variables.ts';
import { listTaskTypes } from './task-types.ts';
import { findWrongSecrets } from './wrong-secrets.ts';

/** What the variables say. Throws ConfigurationError with all that is wrong by itself, in the variables and in the file. */
export function checkSources(source: Variables, file: FileConfiguration) {
  const { providers, namedProviders, ownTypes } = file;
  const { variables, faults: wrong } = parseVariables(source);
  const read = providers.map((provider) => readProviderNumbers(provider, source));
  const names = [...new Set([...providers.map(({ name }) => name), ...namedProviders])];
  const types = listTaskTypes(ownTypes);
  const faults = [
    ...file.faults,
    ...wrong,
    ...read.flatMap((each) => each.faults),
    ...findWrongSecrets(source, names),
    ...findStrayLimits(names, source),
    ...(variables.LLM_PROVIDERS ?? []).flatMap((name) => adviseName('LLM_PROVIDERS', name, names)),
    // With a fault in the file it is not known which types it has.
    ...(file.faults.length > 0
      ? []
      : Object.keys(variables.LLM_TYPE_LIMITS ?? {}).flatMap((type) =>
          adviseName('LLM_TYPE_LIMITS', type, [...types.keys()]),
        )),
  ];
  if (faults.length > 0) throw new ConfigurationError([...new Set(faults)]);
  return { variables, numbers: new Map(read.map(({ numbers }) => [numbers.name, numbers])) };
}

function adviseName(variable: string, name: string, known: readonly string[]): string[] {
  if (known.includes(name)) return [];
  const nearest = findNearest(name, known);
  return [
    `${variable} names ${name}${nearest ? ` (did you mean ${nearest}?)` : ''}; known are ${known.join(', ')}`,
  ];
}

/** Names the place in the file instead of the variable, where the value comes from there. */
export function nameOrigins(sentence: string, file: FileConfiguration, variables: SettingsVariables): string {
  return Object.entries(settingPlaces).reduce((text, [variable, place]) => {
    const isOfVariable = variables[variable as keyof SettingsVariables] !== undefined;
    const origin = isOfVariable ? undefined : file.originOf(place);
    return origin === undefined ? text : text.replaceAll(variable, `${origin} ${place.join('.')}`);
  }, sentence);
}
