import { type Provider, ProviderModel } from '../../core/providers/provider.ts';
import { listWords } from '../values.ts';
import { type Fault, fault, said } from './faults.ts';
import type { ModelEntry } from './model-entry.ts';
import type { Path } from './read-yaml.ts';

/** Of a new model where neither it nor what its provider is like says it. */
const unsaidQuality = 0.5;

/**
 * The models of a provider: a built-in one's adjusted and more; a new one's own, or those of the provider that it is like. What a
 * new model does not say is that of the default model there, but at a vendor's, which has prices of its own.
 */
export function mergeModels(
  path: Path,
  entries: Readonly<Record<string, ModelEntry>>,
  base: Provider | undefined,
  isBuiltIn: boolean,
): { models: ProviderModel[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const names = Object.keys(entries);
  const kept = base && (names.length === 0 || (isBuiltIn && !base.findsModels)) ? base.models : [];
  const isNew = (name: string) => !kept.some((model) => model.name === name);
  // A vendor's new model has prices of its own; a server that runs any has one price.
  const hasPattern = base !== undefined && (!isBuiltIn || base.anyModel);
  const pattern = hasPattern ? base.models.find(({ name }) => name === base.defaultModel) : undefined;
  const models = [
    ...kept.map((model) => toModel(path, model.name, entries[model.name] ?? {}, model, faults)),
    ...names.filter(isNew).map((name) => toModel(path, name, entries[name] ?? {}, pattern, faults)),
  ];
  return { models: models.filter((model) => model !== undefined), faults };
}

function toModel(
  path: Path,
  name: string,
  entry: ModelEntry,
  base: ProviderModel | undefined,
  faults: Fault[],
): ProviderModel | undefined {
  const at = [...path, 'models', name];
  const needed = ['input_usd_per_million', 'output_usd_per_million', 'context_window'] as const;
  const missing = base ? [] : needed.filter((key) => entry[key] === undefined);
  if (missing.length > 0) {
    faults.push(fault(at, `is a new model and lacks ${listWords(missing, 'and')}`, 'key'));
    return undefined;
  }
  const model = ProviderModel.parse({
    quality: unsaidQuality,
    ...base,
    name,
    ...said({
      kind: entry.kind,
      inputUsdPerMillion: entry.input_usd_per_million,
      cachedInputUsdPerMillion: entry.cached_input_usd_per_million,
      outputUsdPerMillion: entry.output_usd_per_million,
      contextWindow: entry.context_window,
      maxOutputTokens: entry.max_output_tokens,
      quality: entry.quality,
      refuses: entry.refuses,
      extraBody: entry.extra_body,
      typicalLatencyMs: entry.typical_latency,
    }),
  });
  const { cachedInputUsdPerMillion: cached, inputUsdPerMillion: input } = model;
  if (cached !== undefined && cached > input)
    faults.push(
      fault([...at, 'cached_input_usd_per_million'], `is ${cached}, above the ${input} of other input`),
    );
  if ((model.maxOutputTokens ?? 0) > model.contextWindow)
    faults.push(
      fault(
        [...at, 'max_output_tokens'],
        `is ${model.maxOutputTokens}, above its context window of ${model.contextWindow}`,
      ),
    );
  return model;
}
