import { ServiceError } from '../service-error.ts';
import type { Provider, ProviderModel } from './provider.ts';

/** The definition of a model; for a server that runs any model, the default's definition. Throws ServiceError `internal` when there is none. */
export function findModel(provider: Provider, name: string): ProviderModel {
  const exact = provider.models.find((model) => model.name === name);
  if (exact) return exact;
  const fallback = provider.models.find((model) => model.name === provider.defaultModel);
  if (provider.anyModel && fallback) return fallback;
  throw new ServiceError('internal', `The provider ${provider.name} has no model ${name}`);
}
