import { ServiceError } from '../service-error.ts';
import type { Provider, ProviderModel } from './provider.ts';

/**
 * A model's definition; for a model that is not listed, of a server that runs any, that of its default.
 * Throws ServiceError `internal` when there is none.
 */
export function findModel(provider: Provider, name: string): ProviderModel {
  const exact = provider.models.find((model) => model.name === name);
  if (exact) return exact;
  const fallback = provider.models.find((model) => model.name === provider.defaultModel);
  if (provider.anyModel && fallback) return fallback;
  throw new ServiceError('internal', `The provider ${provider.name} has no model ${name}`);
}

/** Tokens that a model takes, prompt and answer together; undefined where the catalogue does not know it. */
export function findContextWindow(
  catalogue: readonly Provider[],
  provider: string,
  model: string,
): number | undefined {
  return catalogue.find(({ name }) => name === provider)?.models.find(({ name }) => name === model)
    ?.contextWindow;
}
