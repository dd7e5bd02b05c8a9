import type { Logger } from '@aws-lambda-powertools/logger';
import { openAnswerPorts } from '../adapters/open-answer-ports.ts';
import { readDeployed } from '../config/deployed.ts';
import type { Environment } from '../config/environment.ts';

/** What functions need whose callers wait for answers, from the variables that they have. */
export function answerPortsOf(
  environment: Pick<
    Environment,
    | 'SETTINGS'
    | 'TASK_TABLE'
    | 'STATE_TABLE'
    | 'PAYLOAD_BUCKET'
    | 'QUEUE_URL_PREFIX'
    | 'WORKER_FUNCTION_PREFIX'
    | 'LOCAL_HOST_STARTED_AT'
  >,
  logger: Logger,
) {
  const { providers, retentionMs } = environment.SETTINGS;
  return openAnswerPorts({
    taskTable: environment.TASK_TABLE,
    stateTable: environment.STATE_TABLE,
    payloadBucket: environment.PAYLOAD_BUCKET,
    queueUrlPrefix: environment.QUEUE_URL_PREFIX,
    workerFunctionPrefix: environment.WORKER_FUNCTION_PREFIX,
    providers: providers.map(({ name }) => name),
    retentionMs,
    tenants: readDeployed().tenants,
    hostStartedAt: environment.LOCAL_HOST_STARTED_AT,
    onError: (error) => logger.warn('Tolerated', { error: error as Error }),
  });
}
