import { createDynamoProviderStates } from '../../adapters/dynamo-provider-states.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { listProviderStatuses } from '../../core/providers/get-provider-status.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { serveTenant } from './middleware/serve-http.ts';

const { providers: catalogue } = readDeployed();
const environment = readEnvironment(Environment.pick({ SETTINGS: true, STATE_TABLE: true }), process.env);
const enabled = new Map(environment.SETTINGS.providers.map((provider) => [provider.name, provider]));
const states = createDynamoProviderStates({
  table: createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE }),
  providers: [...enabled.keys()],
  now: Date.now,
});

/** GET /api/v1/providers/status */
export const handler = serveTenant(createAuthenticate(process.env), async () => ({
  status: 200,
  json: { providers: await listProviderStatuses({ catalogue, enabled, states, now: Date.now() }) },
}));
