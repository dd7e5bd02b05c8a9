import { createDynamoProviderStates } from '../adapters/dynamo-provider-states.ts';
import { createDynamoClient, createDynamoTable } from '../adapters/dynamo-table.ts';
import type { Environment } from '../config/environment.ts';

/** The enabled providers by name, with their settings, and how they are doing. */
export function openProviderStates({ SETTINGS, STATE_TABLE }: Pick<Environment, 'SETTINGS' | 'STATE_TABLE'>) {
  const enabled = new Map(SETTINGS.providers.map((provider) => [provider.name, provider]));
  const states = createDynamoProviderStates({
    table: createDynamoTable({ client: createDynamoClient(), tableName: STATE_TABLE }),
    providers: [...enabled.keys()],
    now: Date.now,
  });
  return { enabled, states };
}
