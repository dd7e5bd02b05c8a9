import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { createDynamoCircuitBreaker } from '../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoRateLimiter } from '../../adapters/dynamo-rate-limiter.ts';
import { createDynamoSemaphore } from '../../adapters/dynamo-semaphore.ts';
import { createDynamoSweepState } from '../../adapters/dynamo-sweep-state.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { createSqsClient, createSqsTaskQueues } from '../../adapters/sqs-task-queues.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { providers as catalogue } from '../../config/providers.ts';
import { createSweep, type SweepReport } from '../../core/scheduling/sweep.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  PAYLOAD_BUCKET: true,
  QUEUE_URL_PREFIX: true,
  LOCAL_HOST_STARTED_AT: true,
});
const environment = readEnvironment(Variables, process.env);
const { providers, retentionMs, maxWorkers, typeLimits } = environment.SETTINGS;
const logger = new Logger();
const metrics = new Metrics();
const client = createDynamoClient();
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });

const hasSemaphore =
  maxWorkers !== null ||
  Object.keys(typeLimits).length > 0 ||
  providers.some(({ limitedBySemaphore }) => limitedBySemaphore);

const sweep = createSweep({
  providers: providers.map(({ name }) => name),
  retired: catalogue
    .map(({ name }) => name)
    .filter((name) => !providers.some((enabled) => enabled.name === name)),
  store: openTaskStore({
    client,
    tableName: environment.TASK_TABLE,
    bucket: environment.PAYLOAD_BUCKET,
    retentionMs,
  }),
  queues: createSqsTaskQueues({ client: createSqsClient(), queueUrlPrefix: environment.QUEUE_URL_PREFIX }),
  breaker: createDynamoCircuitBreaker({ table: stateTable }),
  rates: createDynamoRateLimiter({ table: stateTable }),
  state: createDynamoSweepState({ table: stateTable }),
  semaphore: hasSemaphore
    ? createDynamoSemaphore({ table: stateTable, hostStartedAt: environment.LOCAL_HOST_STARTED_AT })
    : undefined,
  clock: Date.now,
  sleep,
});

/** Scheduler trigger, every minute. `SweeperRepairs` should stay 0: each repair stands for a crash somewhere. */
export const handler = async (): Promise<SweepReport> => {
  const report = await sweep();
  const repairs = report.tickets + report.messages + report.places;
  metrics.addMetric('SweeperRepairs', MetricUnit.Count, repairs);
  metrics.addMetric('TasksExpired', MetricUnit.Count, report.expired);
  metrics.publishStoredMetrics();
  if (repairs > 0) logger.warn('The sweeper repaired what a crash left', { ...report });
  return report;
};
