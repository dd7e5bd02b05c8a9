import * as z from 'zod';
import type { Provider } from '../core/providers/provider.ts';
import { readBaseUrl } from './base-url.ts';
import type { ProviderSettings } from './settings.ts';
import { ConfigurationError, present, type Variables } from './settings-variables.ts';

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

type ProviderNumbers = Pick<
  ProviderSettings,
  'name' | 'concurrencyLimit' | 'requestsPerMinute' | 'tokensPerMinute' | 'baseUrl' | 'models'
>;

const limit = z.coerce.number().int().min(1).max(1000);
const rate = z.coerce.number().int().min(1);

/** The numbers of a provider: by its own variables, else by its definition. Throws ConfigurationError. */
export function readProviderNumbers(provider: Provider, source: Variables): ProviderNumbers {
  const prefix = variablePrefix(provider.name);
  const faults: string[] = [];
  const read = <T>(names: string[], schema: z.ZodType<T>, expected: string): T | undefined => {
    const name = names.find((candidate) => present(source, candidate) !== undefined);
    if (name === undefined) return undefined;
    const parsed = schema.safeParse(present(source, name));
    if (!parsed.success) faults.push(`${name} must be ${expected}`);
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
    concurrencyLimit:
      read([`LLM_CONCURRENCY_${prefix}`], limit, 'a whole number from 1 to 1000') ??
      provider.concurrencyLimit,
    requestsPerMinute:
      read([`LLM_RPM_${prefix}`], rate, 'a whole number of at least 1') ?? provider.requestsPerMinute,
    tokensPerMinute:
      read([`LLM_TPM_${prefix}`], rate, 'a whole number of at least 1') ?? provider.tokensPerMinute,
    baseUrl: readUrl(),
    models: provider.findsModels ? readModels(source, faults) : undefined,
  };
  if (faults.length > 0) throw new ConfigurationError(faults);
  return numbers;
}

/** Of the server of one's own: names, separated by commas. */
export const modelsVariable = 'LOCAL_LLM_MODEL';
/** Functions have 4 KB of environment. */
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

/** Names of LLM_CONCURRENCY_*, LLM_RPM_* and LLM_TPM_* variables of no known provider: probably misspelt. */
export function findStrayLimits(providers: readonly Provider[], source: Variables): string[] {
  const prefixes = new Set(providers.map((provider) => variablePrefix(provider.name)));
  return Object.keys(source).filter((name) => {
    const [, prefix] = /^LLM_(?:CONCURRENCY|RPM|TPM)_(.+)$/.exec(name) ?? [];
    return prefix !== undefined && !prefixes.has(prefix);
  });
}
