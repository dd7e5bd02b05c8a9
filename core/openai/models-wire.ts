import type { EnabledProvider } from '../providers/enabled-provider.ts';
import { modelsOf } from '../providers/found-models.ts';
import type { ProviderState } from '../providers/provider-states.ts';

interface WireModel {
  id: string;
  object: 'model';
  /** Seconds. */
  created: number;
  owned_by: string;
}

/** https://developers.openai.com/api/reference/resources/models: what `model` may name, `auto` first. */
export function listModels(
  enabled: readonly EnabledProvider[],
  states: ReadonlyMap<string, ProviderState>,
): WireModel[] {
  const own: WireModel = { id: 'auto', object: 'model', created: 0, owned_by: 'llm-service' };
  return [
    own,
    ...enabled.flatMap(({ definition, settings }) =>
      modelsOf({ definition, settings }, states.get(definition.name)?.models).map(
        ({ name }): WireModel => ({
          id: `${definition.name}/${name}`,
          object: 'model',
          created: definition.pricedAt ? Date.parse(definition.pricedAt) / 1000 : 0,
          owned_by: definition.name,
        }),
      ),
    ),
  ];
}

/** By its id, or by its name alone at whichever provider has it first. */
export function findWireModel(models: readonly WireModel[], id: string): WireModel | undefined {
  return (
    models.find((model) => model.id === id) ??
    models.find((model) => model.id.slice(model.id.indexOf('/') + 1) === id)
  );
}
