import { createDynamoClient } from '../../adapters/dynamo-table.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { listTasks } from '../../core/tasks/list-tasks.ts';
import { toWireTask } from '../../core/tasks/task-wire.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
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

/** GET /api/v1/tasks?status=&type=&batch_id=&limit=&cursor= */
export const handler = serveTenant(createAuthenticate(process.env, 'read'), async (event, tenant) => {
  const page = await listTasks(tenant, event.queryStringParameters ?? {}, tasks);
  return { status: 200, json: { tasks: page.tasks.map(toWireTask), next_cursor: page.nextCursor } };
});
