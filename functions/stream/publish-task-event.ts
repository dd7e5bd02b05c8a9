import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { changeFromRecord } from '../../adapters/dynamo-task-changes.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { taskTypes } from '../../config/task-types.ts';
import type { Change } from '../../core/events/change.ts';
import { type PublishReport, publishTaskEvents } from '../../core/events/publish-task-event.ts';
import { createPublishPorts, limitTo } from '../publish-ports.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  WEBHOOK_QUEUE_URL: true,
  SHARE_QUEUE_URL: true,
  EVENT_BUS: true,
  CONNECTIONS_URL: true,
});
const environment = readEnvironment(Variables, process.env);
const logger = new Logger();
const metrics = new Metrics();
const ports = createPublishPorts(environment);
const options = {
  busEvents: new Set(environment.SETTINGS.busEvents),
  taskTypes: new Set(taskTypes.keys()),
};
/** For the queue of shares and the counters, after the channels. */
const keptMs = 15_000;

/** Stream trigger of the task table: sends the event of each change to WebSockets, webhooks and the bus. */
export const handler = async (
  stream: DynamoDBStreamEvent,
  context: Context,
): Promise<DynamoDBBatchResponse> => {
  const limits = limitTo(context.getRemainingTimeInMillis() - keptMs);
  const report = await publishTaskEvents(readChanges(stream), options, ports, limits);
  observe(report);
  const { failedFrom } = report;
  return { batchItemFailures: failedFrom === undefined ? [] : [{ itemIdentifier: failedFrom }] };
};

function readChanges({ Records }: DynamoDBStreamEvent): Change[] {
  return Records.flatMap((record) => {
    try {
      return changeFromRecord(record) ?? [];
    } catch (error) {
      // It would fail each time, and hold up the records behind it: skip it, with a log line.
      const sequence = record.dynamodb?.SequenceNumber;
      logger.error('A stream record could not be read', { sequence, error: error as Error });
      return [];
    }
  });
}

function observe({ failedFrom, kept, countsLost, spentUsd, ...counts }: PublishReport): void {
  if (spentUsd > 0) {
    metrics.addMetric('SpentUsd', MetricUnit.NoUnit, spentUsd);
    metrics.publishStoredMetrics();
  }
  if (counts.events > 0) logger.info('Published', counts);
  for (const { error, ...share } of kept)
    logger.warn('A channel failed, and repeats its share by itself', { ...share, error: error as Error });
  if (failedFrom !== undefined) logger.error('Changes come again: the queue of shares failed too');
  if (countsLost > 0) logger.error('Counts are lost', { increments: countsLost });
}
