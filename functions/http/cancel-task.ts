import { createDynamoClient } from '../../adapters/dynamo-table.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { cancelTask } from '../../core/tasks/cancel-task.ts';
import { toWireTask } from '../../core/tasks/task-wire.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readPathId } from './middleware/read-path-id.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(
  Environment.pick({ SETTINGS: true, TASK_TABLE: true, PAYLOAD_BUCKET: true }),
  process.env,
);
const tasks = openTaskStore({
  client: createDynamoClient(),
  tableName: environment.TASK_TABLE,
  bucket: environment.PAYLOAD_BUCKET,
  retentionMs: environment.SETTINGS.retentionMs,
});

/** DELETE /api/v1/tasks/{task_id} */
export const handler = serveTenant(createAuthenticate(process.env, 'submit'), async (event, tenant) => {
  const taskId = readPathId(event, 'task_id');
  return { status: 200, json: toWireTask(await cancelTask({ tenant, taskId }, Date.now(), tasks)) };
});
