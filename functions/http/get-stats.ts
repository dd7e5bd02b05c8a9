import { createDynamoStatistics } from '../../adapters/dynamo-statistics.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { toWireStats } from '../../core/statistics/stats-wire.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(Environment.pick({ SETTINGS: true, STATE_TABLE: true }), process.env);
const statistics = createDynamoStatistics({
  table: createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE }),
});

/** GET /api/v1/stats */
export const handler = serveTenant(createAuthenticate(process.env, 'read'), async (_event, tenant) => ({
  status: 200,
  json: toWireStats(await statistics.readTenant(tenant)),
}));
