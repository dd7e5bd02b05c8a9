import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoBatchAnswers } from '../../adapters/dynamo-batch-answers.ts';
import { createDynamoBatchStore } from '../../adapters/dynamo-batch-store.ts';
import { createDynamoIdempotencyKeys } from '../../adapters/dynamo-idempotency-keys.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createLazyPayloads } from '../../adapters/lazy-payloads.ts';
import { sdkAttempts } from '../../adapters/retry-policy.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { submitBatch } from '../../core/batches/submit-batch.ts';
import { ServiceError } from '../../core/service-error.ts';
import { readIdempotencyKey } from '../../core/tasks/idempotency.ts';
import { submissionPortsOf } from '../submission-ports.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readJsonBody } from './middleware/read-body.ts';
import { serveTenant } from './middleware/serve-http.ts';
import { toProblem } from './middleware/to-problem.ts';

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
const { retentionMs } = environment.SETTINGS;
const logger = new Logger();
const client = createDynamoClient(sdkAttempts.dynamoBatch);
const taskTable = createDynamoTable({ client, tableName: environment.TASK_TABLE });
const { rules, table, ...submissions } = submissionPortsOf(environment, client);
const ports = {
  ...submissions,
  batches: createDynamoBatchStore({ table: taskTable, retentionMs }),
  answers: createDynamoBatchAnswers({
    table: taskTable,
    payloads: createLazyPayloads({ bucket: environment.PAYLOAD_BUCKET }),
  }),
  keys: createDynamoIdempotencyKeys({ table }),
  onError: (error: unknown) =>
    logger.warn('A batch is left to the sweeper to queue', { error: error as Error }),
};

/** POST /api/v1/tasks/batch */
export const handler = serveTenant(createAuthenticate(process.env, 'submit'), async (event, tenant) => {
  const submission = {
    tenant,
    body: readJsonBody(event),
    uuid: randomUUID(),
    seed: randomUUID(),
    idempotencyKey: readIdempotencyKey(event.headers['idempotency-key']),
    now: Date.now(),
  };
  const { batchId, tasks } = await submitBatch(submission, rules, ports);
  const rejected = tasks.filter((task) => task instanceof ServiceError).length;
  return {
    status: 202,
    headers: { location: `/api/v1/batches/${batchId}` },
    json: {
      batch_id: batchId,
      accepted: tasks.length - rejected,
      rejected,
      tasks: tasks.map((task, index) =>
        task instanceof ServiceError
          ? { index, error: toProblem(task) }
          : { index, task_id: task, status: 'queued' },
      ),
    },
  };
});
