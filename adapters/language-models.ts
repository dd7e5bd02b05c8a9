import type { LanguageModel } from '../core/attempts/language-model.ts';
import type { FoundModel } from '../core/providers/found-models.ts';
import type { Provider } from '../core/providers/provider.ts';
import { findModels } from './find-models.ts';
import { withFoundModels } from './found-models-language-model.ts';
import { once } from './once.ts';
import { createOpenaiLanguageModel } from './openai-language-model.ts';
import { readSimulationOptions, type SimulationOptions } from './simulation-options.ts';

export interface LanguageModelOptions {
  provider: Provider;
  /** Instead of the definition's. */
  baseUrl?: string | undefined;
  /** Read before each call, so that a rotated key is found; undefined where the provider needs none. */
  readKey: () => Promise<string | undefined>;
  /** Keeps what a server of one's own says it has; absent: nobody asks it. */
  noteModels?: (models: readonly FoundModel[]) => Promise<void>;
  now: () => number;
  random: () => number;
}

type Factory = (options: LanguageModelOptions, baseUrl: string) => LanguageModel;

/** Dialects by the name that a provider's definition gives; another dialect is a factory here. */
const factories: Record<string, Factory> = {
  openai: (options, baseUrl) => {
    const { provider, noteModels, readKey, now } = options;
    const languageModel = createOpenaiLanguageModel({ ...options, baseUrl });
    if (!provider.findsModels || !noteModels) return languageModel;
    const find = async () => findModels({ baseUrl, key: await readKey() });
    return withFoundModels(languageModel, { provider, find, note: noteModels, now });
  },
  simulated: ({ random }, baseUrl) => createLazySimulation(readSimulationOptions(baseUrl), random),
};

/** A provider, spoken to in its dialect. Throws an Error where that is unknown or there is no address. */
export function createLanguageModel(options: LanguageModelOptions): LanguageModel {
  const { provider } = options;
  const baseUrl = options.baseUrl ?? provider.baseUrl;
  const factory = factories[provider.dialect];
  if (!factory)
    throw new Error(`The provider ${provider.name} speaks ${provider.dialect}, which no adapter knows`);
  if (!baseUrl) throw new Error(`The provider ${provider.name} has no base URL: set its <PROVIDER>_BASE_URL`);
  // A real provider's definition that is pointed at a simulation is simulated: drills need no other
  // configuration.
  const isSimulated = baseUrl.startsWith('simulated:');
  return isSimulated && factories.simulated
    ? factories.simulated(options, baseUrl)
    : factory(options, baseUrl);
}

/** Loaded by the first call: a real provider's worker never makes one. */
function createLazySimulation(options: SimulationOptions, random: () => number): LanguageModel {
  const open = once(async () => {
    const { createSimulatedLanguageModel } = await import('./simulated-language-model.ts');
    return createSimulatedLanguageModel(options, random);
  });
  return {
    complete: async (request) => (await open()).complete(request),
    embed: async (request) => (await open()).embed(request),
  };
}
