import { setTimeout as wait } from 'node:timers/promises';
import { createApiGatewayConnections } from '../adapters/apigateway-connection-sender.ts';
import { createDynamoBatchProgress } from '../adapters/dynamo-batch-progress.ts';
import { createDynamoCounters } from '../adapters/dynamo-counters.ts';
import { createDynamoEventLag } from '../adapters/dynamo-event-lag.ts';
import { createDynamoLateEnds } from '../adapters/dynamo-late-ends.ts';
import { createDynamoSubscriptions } from '../adapters/dynamo-subscriptions.ts';
import { createDynamoClient, createDynamoTable } from '../adapters/dynamo-table.ts';
import { changeFromRecord } from '../adapters/dynamo-task-changes.ts';
import { createEventBridgeEventBus } from '../adapters/eventbridge-event-bus.ts';
import { createSqsShareQueue } from '../adapters/sqs-share-queue.ts';
import { createSqsClient } from '../adapters/sqs-task-queues.ts';
import { createSqsWebhookQueue } from '../adapters/sqs-webhook-queue.ts';
import { readDeployed } from '../config/deployed.ts';
import type { Environment } from '../config/environment.ts';
import { listTaskTypes } from '../config/task-types.ts';
import { publishRecords } from '../core/events/publish-records.ts';
import type { PublishOptions } from '../core/events/publish-task-event.ts';
import type { SendLimits } from '../core/events/send-limits.ts';
import type { ChannelPorts } from '../core/events/send-share.ts';
import type { ShareQueue } from '../core/events/share-queue.ts';

/** Variables of a function that sends events by every channel. */
type PublishEnvironment = Pick<
  Environment,
  | 'SETTINGS'
  | 'TASK_TABLE'
  | 'STATE_TABLE'
  | 'WEBHOOK_QUEUE_URL'
  | 'SHARE_QUEUE_URL'
  | 'EVENT_BUS'
  | 'CONNECTIONS_URL'
>;

/** @param onUnreadable told of a message in the queue of shares that cannot be read */
export function createPublishPorts(
  environment: PublishEnvironment,
  onUnreadable?: (error: unknown) => void,
): { ports: ChannelPorts & { shares: ShareQueue }; options: PublishOptions } {
  const { retentionMs, taskTimeoutMs, busEvents } = environment.SETTINGS;
  const options = {
    busEvents: new Set(busEvents),
    taskTypes: new Set(listTaskTypes(readDeployed().ownTypes).keys()),
  };
  const dynamo = createDynamoClient();
  const sqs = createSqsClient();
  const state = createDynamoTable({ client: dynamo, tableName: environment.STATE_TABLE });
  const tasks = createDynamoTable({ client: dynamo, tableName: environment.TASK_TABLE });
  const ports: ChannelPorts & { shares: ShareQueue } = {
    sockets: environment.CONNECTIONS_URL
      ? {
          subscriptions: createDynamoSubscriptions({ table: state }),
          eventLag: createDynamoEventLag({ table: state, retentionMs }),
          lateEnds: createDynamoLateEnds({ table: state, retentionMs }),
          usualLifeMs: taskTimeoutMs,
          sender: createApiGatewayConnections(environment.CONNECTIONS_URL),
          random: Math.random,
        }
      : undefined,
    webhooks: createSqsWebhookQueue({ client: sqs, queueUrl: environment.WEBHOOK_QUEUE_URL }),
    bus: createEventBridgeEventBus({ busName: environment.EVENT_BUS }),
    batches: createDynamoBatchProgress({ table: tasks, retentionMs }),
    counters: createDynamoCounters({ table: state }),
    shares: createSqsShareQueue({
      client: sqs,
      queueUrl: environment.SHARE_QUEUE_URL,
      ...(onUnreadable && { onUnreadable }),
    }),
    records: (owed, limits) => publishRecords(owed, changeFromRecord, options, ports, limits),
  };
  return { ports, options };
}

/** The clock, and timers that keep no environment from ending. */
export function limitTo(milliseconds: number): SendLimits {
  return {
    clock: Date.now,
    sleep: (delayMs) => wait(delayMs, undefined, { ref: false }),
    until: Date.now() + milliseconds,
  };
}
