import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { createSubmissionRules } from '../../config/submission-rules.ts';
import { processSync } from '../../core/answers/process-sync.ts';
import { taskQuestion } from '../../core/answers/task-question.ts';
import { readIdempotencyKey } from '../../core/tasks/idempotency.ts';
import { fitAnswer } from '../../core/tasks/page-budget.ts';
import { isFinal } from '../../core/tasks/task.ts';
import { toWireTask } from '../../core/tasks/task-wire.ts';
import { answerPortsOf } from '../answer-ports.ts';
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
    WORKER_FUNCTION_PREFIX: true,
    LOCAL_HOST_STARTED_AT: true,
  }),
  process.env,
);
const settings = environment.SETTINGS;
const logger = new Logger();
const ports = answerPortsOf(environment, logger);
const rules = createSubmissionRules(settings, readDeployed(), createJsonSchemas(), ports.limitsOf);

/** `retry-after` of a task that still runs, in seconds. */
const comeAgainIn = '2';

/** POST /api/v1/process/sync: 200 the task that has ended, 202 the one that still runs at the limit. */
export const handler = serveTenant(createAuthenticate(process.env, 'submit'), async (event, tenant) => {
  const request = {
    tenant,
    body: readJsonBody(event),
    uuid: randomUUID(),
    idempotencyKey: readIdempotencyKey(event.headers['idempotency-key']),
    now: Date.now(),
  };
  const question = taskQuestion(request, undefined, rules);
  const receivedAt = event.requestContext.timeEpoch;
  const task = await processSync(question, receivedAt, settings.maxQueueSize, ports);
  const isOver = isFinal(task.status);
  return {
    status: isOver ? 200 : 202,
    headers: { location: `/api/v1/tasks/${task.taskId}`, ...(!isOver && { 'retry-after': comeAgainIn }) },
    json: toWireTask(fitAnswer(task)),
  };
});
