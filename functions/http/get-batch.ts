import { createDynamoBatchStore } from '../../adapters/dynamo-batch-store.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { toWireBatch } from '../../core/batches/batch-wire.ts';
import { getBatch } from '../../core/batches/get-batch.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readPathId } from './middleware/read-path-id.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(Environment.pick({ SETTINGS: true, TASK_TABLE: true }), process.env);
const batches = createDynamoBatchStore({
  table: createDynamoTable({ client: createDynamoClient(), tableName: environment.TASK_TABLE }),
  retentionMs: environment.SETTINGS.retentionMs,
});

/** GET /api/v1/batches/{batch_id} */
export const handler = serveTenant(createAuthenticate(process.env, 'read'), async (event, tenant) => {
  const batch = await getBatch(tenant, readPathId(event, 'batch_id'), batches);
  return { status: 200, json: toWireBatch(batch) };
});
