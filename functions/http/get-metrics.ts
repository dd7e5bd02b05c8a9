import { createDynamoMetrics } from '../../adapters/dynamo-metrics.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { listTaskTypeNames } from '../../config/task-type-names.ts';
import { formatPrometheus, prometheusContentType } from '../../core/metrics/format-prometheus.ts';
import { createReadMetrics } from '../../core/metrics/read-metrics.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(Environment.pick({ SETTINGS: true, STATE_TABLE: true }), process.env);
const readMetrics = createReadMetrics({
  store: createDynamoMetrics({
    table: createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE }),
  }),
  providers: environment.SETTINGS.providers.map(({ name }) => name),
  taskTypes: listTaskTypeNames(readDeployed().ownTypes),
  clock: Date.now,
});

/** GET /api/v1/metrics: of the whole service, whoever asks. */
export const handler = serveTenant(createAuthenticate(process.env, 'operate'), async () => ({
  status: 200,
  headers: { 'content-type': prometheusContentType },
  text: formatPrometheus(await readMetrics()),
}));
