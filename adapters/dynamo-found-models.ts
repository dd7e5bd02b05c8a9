import type { FoundModels } from '../core/providers/found-models.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type HealthRow, healthKey, writeModels } from './provider-health-item.ts';

/** In the row of a provider's health, which routing reads anyhow. */
export function createDynamoFoundModels(options: { table: DynamoTable }): FoundModels {
  return {
    async note(provider, models) {
      const text = writeModels(models);
      await options.table.update<HealthRow>({
        key: healthKey(provider),
        set: { models: text },
        condition: 'attribute_not_exists(#models) OR #models <> :models',
        values: { models: text },
      });
    },
  };
}
