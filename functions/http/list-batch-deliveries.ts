import { createDynamoBatchStore } from '../../adapters/dynamo-batch-store.ts';
import { createDynamoDeliveries } from '../../adapters/dynamo-deliveries.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { toWireDelivery } from '../../core/webhooks/delivery-wire.ts';
import { listBatchDeliveries } from '../../core/webhooks/list-batch-deliveries.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readPathId } from './middleware/read-path-id.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(
  Environment.pick({ SETTINGS: true, TASK_TABLE: true, STATE_TABLE: true }),
  process.env,
);
const { retentionMs } = environment.SETTINGS;
const client = createDynamoClient();
const ports = {
  batches: createDynamoBatchStore({
    table: createDynamoTable({ client, tableName: environment.TASK_TABLE }),
    retentionMs,
  }),
  deliveries: createDynamoDeliveries({
    table: createDynamoTable({ client, tableName: environment.STATE_TABLE }),
    retentionMs,
  }),
};

/** GET /api/v1/batches/{batch_id}/deliveries */
export const handler = serveTenant(createAuthenticate(process.env, 'read'), async (event, tenant) => {
  const found = await listBatchDeliveries(tenant, readPathId(event, 'batch_id'), ports);
  return { status: 200, json: { deliveries: found.map(toWireDelivery) } };
});
