import type { Provider } from '../core/providers/provider.ts';
import { readBaseUrl } from './base-url.ts';
import { findNearest } from './nearest-name.ts';
import type { ProviderSettings } from './settings.ts';
import { present, type Variables } from './settings-variables.ts';
import { shown } from './shown.ts';
import { wholeNumber } from './values.ts';

/** `kimi-china` is `KIMI_CHINA` in the names of variables. */
export function variablePrefix(provider: string): string {
  return provider.toUpperCase().replaceAll('-', '_');
}

export function keyVariable(provider: string): string {
  return `${variablePrefix(provider)}_API_KEY`;
}

/** Names of the variables that may hold a provider's base URL, the preferred first. */
export function baseUrlVariables(provider: string): string[] {
  const own = `${variablePrefix(provider)}_BASE_URL`;
  return provider === 'local' ? ['LOCAL_LLM_BASE_URL', own] : [own];
}

export function hasKey(provider: Provider, source: Variables): boolean {
  return present(source, keyVariable(provider.name)) !== undefined;
}

export function hasBaseUrl(provider: Provider, source: Variables): boolean {
  return (
    provider.baseUrl !== undefined ||
    baseUrlVariables(provider.name).some((name) => present(source, name) !== undefined)
  );
}

/** The variable to set where a base URL is missing. */
export function baseUrlVariable(provider: Provider): string {
  return baseUrlVariables(provider.name)[0] ?? '';
}

export type ProviderNumbers = Pick<
  ProviderSettings,
  'name' | 'concurrencyLimit' | 'requestsPerMinute' | 'tokensPerMinute' | 'baseUrl' | 'models'
>;

/** The variables of a provider's limits, each with what it may be. */
const limitVariables = {
  CONCURRENCY: wholeNumber(1, 1_000),
  RPM: wholeNumber(1),
  TPM: wholeNumber(1),
};

export function limitVariable(kind: keyof typeof limitVariables, provider: string): string {
  return `LLM_${kind}_${variablePrefix(provider)}`;
}

/** The numbers of a provider: by its own variables, else by its definition; and what is wrong with the variables. */
export function readProviderNumbers(
  provider: Provider,
  source: Variables,
): { numbers: ProviderNumbers; faults: string[] } {
  const faults: string[] = [];
  const read = (kind: keyof typeof limitVariables): number | undefined => {
    const name = limitVariable(kind, provider.name);
    const text = present(source, name);
    if (text === undefined) return undefined;
    const parsed = limitVariables[kind].safeParse(/^\d+$/.test(text) ? Number(text) : text);
    if (!parsed.success) faults.push(`${name} ${parsed.error.issues[0]?.message}, not ${shown(text)}`);
    return parsed.data;
  };
  const readUrl = () => {
    const name = baseUrlVariables(provider.name).find((each) => present(source, each) !== undefined);
    if (name === undefined) return undefined;
    const read = readBaseUrl(present(source, name) ?? '', keyVariable(provider.name));
    if ('url' in read) return read.url;
    faults.push(`${name} ${read.fault}`);
    return undefined;
  };
  const numbers: ProviderNumbers = {
    name: provider.name,
    concurrencyLimit: read('CONCURRENCY') ?? provider.concurrencyLimit,
    requestsPerMinute: read('RPM') ?? provider.requestsPerMinute,
    tokensPerMinute: read('TPM') ?? provider.tokensPerMinute,
    baseUrl: readUrl(),
    models: provider.name === 'local' && provider.findsModels ? readModels(source, faults) : undefined,
  };
  return { numbers, faults };
}

/** Of the server of one's own: names, separated by commas. */
export const modelsVariable = 'LOCAL_LLM_MODEL';
/** More is a mistake. */
const longestModels = 500;

function readModels(source: Variables, faults: string[]): string[] | undefined {
  const text = present(source, modelsVariable);
  if (text === undefined) return undefined;
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length > 0 && text.length <= longestModels) return names;
  faults.push(
    `${modelsVariable} must be names of models, separated by commas, of at most ${longestModels} characters together`,
  );
  return undefined;
}

/** A sentence for each LLM_CONCURRENCY_*, LLM_RPM_* and LLM_TPM_* variable of no known provider: probably misspelt. */
export function findStrayLimits(providers: readonly string[], source: Variables): string[] {
  const prefixes = providers.map(variablePrefix);
  return Object.keys(source).flatMap((name) => {
    const [, kind, prefix] = /^LLM_(CONCURRENCY|RPM|TPM)_(.+)$/.exec(name) ?? [];
    if (prefix === undefined || prefixes.includes(prefix) || present(source, name) === undefined) return [];
    const nearest = findNearest(prefix, prefixes);
    const advice = nearest ? `: did you mean LLM_${kind}_${nearest}?` : '';
    return [`${name} belongs to no known provider${advice}`];
  });
}
