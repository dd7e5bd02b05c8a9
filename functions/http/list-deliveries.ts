import { createDynamoDeliveries } from '../../adapters/dynamo-deliveries.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { toWireDelivery } from '../../core/webhooks/delivery-wire.ts';
import { listDeliveries } from '../../core/webhooks/list-deliveries.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readPathId } from './middleware/read-path-id.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(
  Environment.pick({ SETTINGS: true, TASK_TABLE: true, STATE_TABLE: true, PAYLOAD_BUCKET: true }),
  process.env,
);
const { retentionMs } = environment.SETTINGS;
const client = createDynamoClient();
const tasks = openTaskStore({
  client,
  tableName: environment.TASK_TABLE,
  bucket: environment.PAYLOAD_BUCKET,
  retentionMs,
});
const deliveries = createDynamoDeliveries({
  table: createDynamoTable({ client, tableName: environment.STATE_TABLE }),
  retentionMs,
});

/** GET /api/v1/tasks/{task_id}/deliveries */
export const handler = serveTenant(createAuthenticate(process.env, 'read'), async (event, tenant) => {
  const taskId = readPathId(event, 'task_id');
  const found = await listDeliveries({ tenant, taskId }, { tasks, deliveries });
  return { status: 200, json: { deliveries: found.map(toWireDelivery) } };
});
