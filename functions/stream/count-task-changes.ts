import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { changeFromRecord } from '../../adapters/dynamo-task-changes.ts';
import { createSqsShareQueue } from '../../adapters/sqs-share-queue.ts';
import { createSqsClient } from '../../adapters/sqs-task-queues.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { countTaskChanges } from '../../core/events/count-task-changes.ts';
import { readRecords } from '../../core/events/publish-records.ts';
import { createCountPorts } from '../count-ports.ts';
import { limitTo } from '../limit-to.ts';
import { comesAgain, logKept } from './batch-response.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  SHARE_QUEUE_URL: true,
  EVENT_BUS: true,
});
const environment = readEnvironment(Variables, process.env);
const logger = new Logger();
const metrics = new Metrics();
const { ports: counts, options } = createCountPorts(environment);
const shares = createSqsShareQueue({ client: createSqsClient(), queueUrl: environment.SHARE_QUEUE_URL });
const ports = { ...counts, shares };
/** For the queue of shares and the counters, after the batches. */
const keptMs = 15_000;

/**
 * Stream trigger of the task table, the second reader of it: counts changes into batches and statistics, and puts events onto
 * the bus, those of a second together. What cannot be read the publisher puts aside, and is counted when it is read again.
 */
export const handler = async (
  stream: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> => {
  const limits = limitTo(context.getRemainingTimeInMillis() - keptMs);
  const { changes } = readRecords(stream.Records, changeFromRecord);
  const report = await countTaskChanges(changes, options, ports, limits);
  const { failedFrom, spentUsd, kept, countsLost } = report;
  if (spentUsd > 0) {
    metrics.addMetric('SpentUsd', MetricUnit.NoUnit, spentUsd);
    metrics.publishStoredMetrics();
  }
  logKept(logger, kept, failedFrom);
  if (countsLost > 0) logger.error('Counts are lost', { increments: countsLost });
  return comesAgain(failedFrom);
};
