import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createLimitsReader } from '../../adapters/dynamo-tenant-limits.ts';
import { openFairQueues } from '../../adapters/open-fair-queues.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { reprioritizeTask } from '../../core/tasks/reprioritize-task.ts';
import { toWireTask } from '../../core/tasks/task-wire.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readJsonBody } from './middleware/read-body.ts';
import { readPathId } from './middleware/read-path-id.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(
  Environment.pick({
    SETTINGS: true,
    TASK_TABLE: true,
    STATE_TABLE: true,
    PAYLOAD_BUCKET: true,
    QUEUE_URL_PREFIX: true,
  }),
  process.env,
);
const client = createDynamoClient();
const tasks = openTaskStore({
  client,
  tableName: environment.TASK_TABLE,
  bucket: environment.PAYLOAD_BUCKET,
  retentionMs: environment.SETTINGS.retentionMs,
});
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });
const queues = openFairQueues(stateTable, environment.QUEUE_URL_PREFIX);

const readLimits = createLimitsReader({
  table: stateTable,
  configured: readDeployed().tenants,
  clock: Date.now,
});

/** PATCH /api/v1/tasks/{task_id} */
export const handler = serveTenant(createAuthenticate(process.env, 'submit'), async (event, tenant) => {
  const taskId = readPathId(event, 'task_id');
  const body = readJsonBody(event);
  const task = await reprioritizeTask(
    { tenant, taskId },
    body,
    Date.now(),
    { tasks, queues },
    await readLimits(tenant),
  );
  return { status: 200, json: toWireTask(task) };
});
