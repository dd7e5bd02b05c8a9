import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createSqsClient, createSqsTaskQueues } from '../../adapters/sqs-task-queues.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { createReadinessCheck } from '../../core/http-contract/check-readiness.ts';
import { servePublic } from './middleware/serve-http.ts';

const environment = readEnvironment(
  Environment.pick({ SETTINGS: true, TASK_TABLE: true, QUEUE_URL_PREFIX: true }),
  process.env,
);
const { providers } = environment.SETTINGS;
const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.TASK_TABLE });
const queues = createSqsTaskQueues({
  client: createSqsClient(),
  queueUrlPrefix: environment.QUEUE_URL_PREFIX,
});
const check = createReadinessCheck(
  {
    /** Reads a row that does not exist: the cheapest request that fails without the table. */
    table: async () => void (await table.get({ pk: 'ready', sk: 'READY' })),
    queues: async () => void (await Promise.all(providers.map(({ name }) => queues.count(name)))),
    providers: async () => {
      const known = new Set(readDeployed().providers.map(({ name }) => name));
      if (!providers.some(({ name }) => known.has(name))) throw new Error('No provider is enabled');
    },
  },
  Date.now,
);

/** GET /ready: 503 names what fails. */
export const handler = servePublic(async () => {
  const readiness = await check();
  return { status: readiness.status === 'ready' ? 200 : 503, json: readiness };
});
