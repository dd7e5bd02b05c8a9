import { randomUUID } from 'node:crypto';
import { createDynamoIdempotencyKeys } from '../../adapters/dynamo-idempotency-keys.ts';
import { createDynamoProviderStates } from '../../adapters/dynamo-provider-states.ts';
import { createDynamoResultCache } from '../../adapters/dynamo-result-cache.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createTenantLimits } from '../../adapters/dynamo-tenant-limits.ts';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { openFairQueues } from '../../adapters/open-fair-queues.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { openTenantGate } from '../../adapters/open-tenant-gate.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { createSubmissionRules } from '../../config/submission-rules.ts';
import { readIdempotencyKey } from '../../core/tasks/idempotency.ts';
import { submitTask } from '../../core/tasks/submit-task.ts';
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
const settings = environment.SETTINGS;
const client = createDynamoClient();
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });
const deployed = readDeployed();
const providers = settings.providers.map(({ name }) => name);
const { row, limitsOf } = createTenantLimits(deployed.tenants);
const rules = createSubmissionRules(settings, deployed, createJsonSchemas(), limitsOf);
const tasks = openTaskStore({
  client,
  tableName: environment.TASK_TABLE,
  bucket: environment.PAYLOAD_BUCKET,
  retentionMs: settings.retentionMs,
});
const ports = {
  tasks,
  gate: openTenantGate({ table: stateTable, tasks, providers, limitsOf }),
  queues: openFairQueues(stateTable, environment.QUEUE_URL_PREFIX),
  states: createDynamoProviderStates({ table: stateTable, providers, now: Date.now, beside: [row] }),
  cache: createDynamoResultCache({ table: stateTable }),
  keys: createDynamoIdempotencyKeys({ table: stateTable }),
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
