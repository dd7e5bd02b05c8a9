import type * as z from 'zod';
import { Provider } from '../../core/providers/provider.ts';
import { findNearest } from '../nearest-name.ts';
import { providers as builtIn } from '../providers.ts';
import { listWords } from '../values.ts';
import { type Fault, fault, said } from './faults.ts';
import { mergeModels } from './merge-models.ts';
import type { ProviderEntry } from './provider-entry.ts';
import type { Path } from './read-yaml.ts';

/** What a new provider is where it says nothing and is like none. The schema's descriptions say the same. */
const unsaid = {
  dialect: 'openai',
  key: 'required',
  concurrencyLimit: 10,
  structuredOutput: 'prompt',
  errors: 'openai',
} as const satisfies Partial<z.input<typeof Provider>>;

/** Names that the queues or variables of the service have already. */
const taken = ['events', 'webhooks', 'llm', 'local-llm'];

/** The catalogue with what the file says of it, and what cannot be. */
export function mergeProviders(entries: Readonly<Record<string, ProviderEntry>>): {
  providers: Provider[];
  faults: Fault[];
} {
  const faults: Fault[] = [];
  const adjusted = builtIn.map((provider) => {
    const entry = entries[provider.name];
    return entry ? toProvider(provider.name, entry, provider, faults) : provider;
  });
  const added = Object.entries(entries)
    .filter(([name]) => !builtIn.some((provider) => provider.name === name))
    .map(([name, entry]) => addProvider(name, entry, faults));
  return { providers: [...adjusted, ...added].filter((provider) => provider !== undefined), faults };
}

function addProvider(name: string, entry: ProviderEntry, faults: Fault[]): Provider | undefined {
  const path = ['providers', name];
  if (taken.includes(name))
    faults.push(fault(path, 'is a name of the service itself: choose another', 'key'));
  const base = builtIn.find((provider) => provider.name === entry.like);
  // Of a server like another the address is its own, unless it is a second account there.
  const missing = [
    ...(entry.base_url === undefined && base?.baseUrl === undefined ? ['base_url'] : []),
    ...(Object.keys(entry.models ?? {}).length === 0 && !base ? ['models'] : []),
  ];
  if (missing.length > 0) {
    const nearest = findNearest(
      name,
      builtIn.map((provider) => provider.name),
      2,
    );
    const meant = nearest && !entry.like ? ` (did you mean the built-in ${nearest}?)` : '';
    faults.push(fault(path, `is a new provider and lacks ${listWords(missing, 'and')}${meant}`, 'key'));
    return undefined;
  }
  return toProvider(name, entry, base, faults);
}

function toProvider(
  name: string,
  entry: ProviderEntry,
  base: Provider | undefined,
  faults: Fault[],
): Provider | undefined {
  const path = ['providers', name];
  const isBuiltIn = base?.name === name;
  if (isBuiltIn && entry.like !== undefined)
    faults.push(fault([...path, 'like'], `is for new providers, and ${name} is built in`, 'key'));
  const merged = mergeModels(path, entry.models ?? {}, base, isBuiltIn);
  faults.push(...merged.faults);
  const first = merged.models.find(({ kind }) => kind === 'chat') ?? merged.models[0];
  if (merged.faults.length > 0 || !first) return undefined;
  // What the server says it has would take the place of those that are named.
  const ownModels = entry.models !== undefined && (!isBuiltIn || base.findsModels);
  const provider = Provider.parse({
    ...unsaid,
    ...base,
    name,
    title: isBuiltIn ? base.title : name,
    defaultModel: base && !ownModels ? base.defaultModel : first.name,
    models: merged.models,
    findsModels: base?.findsModels === true && !ownModels,
    ...said({
      title: entry.title,
      baseUrl: entry.base_url,
      key: entry.key,
      defaultModel: entry.default_model,
      concurrencyLimit: entry.concurrency,
      requestsPerMinute: entry.requests_per_minute,
      tokensPerMinute: entry.tokens_per_minute,
      structuredOutput: entry.structured_output,
      maxTokensName: entry.max_tokens_name,
      anyModel: entry.any_model,
      callTimeoutMs: entry.call_timeout,
      errors: entry.errors,
      pricedAt: entry.priced_at,
    }),
  });
  faults.push(...checkDefaultModel(path, provider));
  return provider;
}

function checkDefaultModel(path: Path, { defaultModel, models }: Provider): Fault[] {
  const model = models.find((each) => each.name === defaultModel);
  const at = [...path, 'default_model'];
  if (!model) {
    const names = models.map((each) => each.name);
    const nearest = findNearest(defaultModel, names);
    const advice = nearest ? `did you mean ${nearest}?` : `its models are ${names.join(', ')}`;
    return [fault(at, `names ${defaultModel}, which is none of its models: ${advice}`)];
  }
  return model.kind === 'chat' ? [] : [fault(at, `is ${defaultModel}, which takes no chats`)];
}
