import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createApiGatewayConnections } from '../../adapters/apigateway-connection-sender.ts';
import { createDynamoBatchProgress } from '../../adapters/dynamo-batch-progress.ts';
import { createDynamoEventLag } from '../../adapters/dynamo-event-lag.ts';
import { createDynamoMetrics } from '../../adapters/dynamo-metrics.ts';
import { createDynamoStatistics } from '../../adapters/dynamo-statistics.ts';
import { createDynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { changeFromRecord } from '../../adapters/dynamo-task-changes.ts';
import { createEventBridgeEventBus } from '../../adapters/eventbridge-event-bus.ts';
import { createSqsClient } from '../../adapters/sqs-task-queues.ts';
import { createSqsWebhookQueue } from '../../adapters/sqs-webhook-queue.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { taskTypes } from '../../config/task-types.ts';
import type { Change } from '../../core/events/change.ts';
import {
  type PublishPorts,
  type PublishReport,
  publishTaskEvents,
} from '../../core/events/publish-task-event.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  WEBHOOK_QUEUE_URL: true,
  EVENT_BUS: true,
  CONNECTIONS_URL: true,
});
const environment = readEnvironment(Variables, process.env);
const { retentionMs, busEvents } = environment.SETTINGS;
const logger = new Logger();
const metrics = new Metrics();
const client = createDynamoClient();
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });
const taskTable = createDynamoTable({ client, tableName: environment.TASK_TABLE });

const ports: PublishPorts = {
  sockets: environment.CONNECTIONS_URL
    ? {
        subscriptions: createDynamoSubscriptions({ table: stateTable }),
        eventLag: createDynamoEventLag({ table: stateTable }),
        sender: createApiGatewayConnections(environment.CONNECTIONS_URL),
      }
    : undefined,
  webhooks: createSqsWebhookQueue({ client: createSqsClient(), queueUrl: environment.WEBHOOK_QUEUE_URL }),
  bus: createEventBridgeEventBus({ busName: environment.EVENT_BUS }),
  batches: createDynamoBatchProgress({ table: taskTable, retentionMs }),
  statistics: createDynamoStatistics({ table: stateTable }),
  metrics: createDynamoMetrics({ table: stateTable }),
  taskTypes: new Set(taskTypes.keys()),
};
const busEventTypes = new Set(busEvents);

/** Stream trigger of the task table: sends the event of each change to WebSockets, webhooks and the bus. */
export const handler = async (stream: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const report = await publishTaskEvents(readChanges(stream), busEventTypes, ports, Date.now);
  observe(report);
  return { batchItemFailures: report.failed.map((itemIdentifier) => ({ itemIdentifier })) };
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

function observe({ failed, statisticsError, spentUsd, ...counts }: PublishReport): void {
  if (spentUsd > 0) {
    metrics.addMetric('SpentUsd', MetricUnit.NoUnit, spentUsd);
    metrics.publishStoredMetrics();
  }
  if (counts.events > 0) logger.info('Published', counts);
  if (failed.length > 0)
    logger.warn('Some changes come again, because an event could not be sent', { failed: failed.length });
  if (statisticsError) logger.error('The counters were not written', { error: statisticsError as Error });
}
