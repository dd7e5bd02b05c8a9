import { createDynamoClient } from '../../adapters/dynamo-table.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { parseRequest } from '../../core/parse-request.ts';
import { getTask } from '../../core/tasks/get-task.ts';
import { fitAnswer } from '../../core/tasks/page-budget.ts';
import { GetTaskQuery } from '../../core/tasks/task-request.ts';
import { toWireTaskWith } from '../../core/tasks/task-wire.ts';
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

/** GET /api/v1/tasks/{task_id}?include=timeline */
export const handler = serveTenant(createAuthenticate(process.env, 'read'), async (event, tenant) => {
  const taskId = readPathId(event, 'task_id');
  const { include } = parseRequest(GetTaskQuery, event.queryStringParameters ?? {});
  const task = await getTask({ tenant, taskId }, Date.now(), tasks);
  return { status: 200, json: toWireTaskWith(fitAnswer(task), include) };
});
