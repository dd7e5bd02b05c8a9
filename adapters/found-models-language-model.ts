import type { LanguageModel } from '../core/attempts/language-model.ts';
import type { FoundModel } from '../core/providers/found-models.ts';
import type { Provider } from '../core/providers/provider.ts';

/** A list is good for so long; a server may be given another model meanwhile. */
const keepMs = 5 * 60_000;
/** How soon one that did not answer is asked again, with the next call. */
const askAgainMs = 10_000;

export interface FoundModelsOptions {
  provider: Provider;
  find: () => Promise<FoundModel[]>;
  /** Keeps what was found for those who choose a model. */
  note: (models: readonly FoundModel[]) => Promise<void>;
  now: () => number;
}

/**
 * A server that says itself which models it has. It is asked beside a call, never without one, so that an environment that
 * makes no call asks nothing; and before a call whose task knows no model's name, which then takes the first of its kind.
 */
export function withFoundModels(languageModel: LanguageModel, options: FoundModelsOptions): LanguageModel {
  const { provider, find, note, now } = options;
  let known: { models: Promise<FoundModel[]>; goodUntil: number } | undefined;

  async function ask(): Promise<FoundModel[]> {
    const models = await find().catch(() => []);
    if (models.length > 0) await note(models).catch(() => {});
    else if (known) known.goodUntil = now() + askAgainMs;
    return models;
  }

  async function nameFor(wanted: string, kind: 'chat' | 'embedding'): Promise<string> {
    if (!known || known.goodUntil <= now()) known = { models: ask(), goodUntil: now() + keepMs };
    if (wanted !== provider.defaultModel) return wanted;
    const models = await known.models;
    return models.find((model) => (model.kind ?? 'chat') === kind)?.name ?? wanted;
  }

  return {
    complete: async (request) =>
      languageModel.complete({ ...request, model: await nameFor(request.model, 'chat') }),
    embed: async (request) =>
      languageModel.embed({ ...request, model: await nameFor(request.model, 'embedding') }),
  };
}
