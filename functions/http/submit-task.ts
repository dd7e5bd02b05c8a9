import { randomUUID } from 'node:crypto';
import { createDynamoIdempotencyKeys } from '../../adapters/dynamo-idempotency-keys.ts';
import { createDynamoResultCache } from '../../adapters/dynamo-result-cache.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { readIdempotencyKey } from '../../core/tasks/idempotency.ts';
import { submitTask } from '../../core/tasks/submit-task.ts';
import { submissionPortsOf } from '../submission-ports.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readJsonBody } from './middleware/read-body.ts';
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
const { rules, table, ...submissions } = submissionPortsOf(environment);
const ports = {
  ...submissions,
  cache: createDynamoResultCache({ table }),
  keys: createDynamoIdempotencyKeys({ table }),
};

/** POST /api/v1/tasks */
export const handler = serveTenant(createAuthenticate(process.env, 'submit'), async (event, tenant) => {
  const submission = {
    tenant,
    body: readJsonBody(event),
    uuid: randomUUID(),
    idempotencyKey: readIdempotencyKey(event.headers['idempotency-key']),
    now: Date.now(),
  };
  const { taskId, status } = await submitTask(submission, rules, ports);
  return {
    status: 202,
    headers: { location: `/api/v1/tasks/${taskId}` },
    json: { task_id: taskId, status },
  };
});
