import { createDynamoProviderStates } from '../../adapters/dynamo-provider-states.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { toWireProvider } from '../../core/providers/provider-wire.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(Environment.pick({ SETTINGS: true, STATE_TABLE: true }), process.env);
const enabled = new Map(environment.SETTINGS.providers.map((provider) => [provider.name, provider]));
const states = createDynamoProviderStates({
  table: createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE }),
  providers: [...enabled.keys()],
  now: Date.now,
});

/** GET /api/v1/providers: the whole catalogue, with what is not configured as not enabled. */
export const handler = serveTenant(createAuthenticate(process.env), async () => {
  const found = await states.read();
  return {
    status: 200,
    json: {
      providers: readDeployed().providers.map((definition) =>
        toWireProvider(definition, enabled.get(definition.name), found.get(definition.name)?.models),
      ),
    },
  };
});
