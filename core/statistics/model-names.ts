import type { Provider } from '../providers/provider.ts';

/** `provider/model` of every model that the catalogue lists. */
export function listModelNames(providers: readonly Provider[]): ReadonlySet<string> {
  return new Set(providers.flatMap(({ name, models }) => models.map((model) => `${name}/${model.name}`)));
}
