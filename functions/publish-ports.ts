import { createApiGatewayConnections } from '../adapters/apigateway-connection-sender.ts';
import { createDynamoEventLag } from '../adapters/dynamo-event-lag.ts';
import { createDynamoLateChanges } from '../adapters/dynamo-late-changes.ts';
import { createDynamoSubscriptions } from '../adapters/dynamo-subscriptions.ts';
import { createDynamoClient, createDynamoTable } from '../adapters/dynamo-table.ts';
import { createSqsShareQueue } from '../adapters/sqs-share-queue.ts';
import { createSqsClient } from '../adapters/sqs-task-queues.ts';
import { createSqsWebhookQueue } from '../adapters/sqs-webhook-queue.ts';
import type { Environment } from '../config/environment.ts';
import type { PublishPorts } from '../core/events/publish-task-event.ts';
import type { ShareQueue } from '../core/events/share-queue.ts';
import { usualLifeMs } from '../core/web-socket/late-changes.ts';

/** Variables of a function that sends events. */
export type PublishEnvironment = Pick<
  Environment,
  'SETTINGS' | 'STATE_TABLE' | 'WEBHOOK_QUEUE_URL' | 'SHARE_QUEUE_URL' | 'CONNECTIONS_URL'
>;

/**
 * Ports of a function that sends events.
 *
 * @param onUnreadable told of a message in the queue of shares that cannot be read
 */
export function createPublishPorts(
  environment: PublishEnvironment,
  onUnreadable?: (error: unknown) => void,
): PublishPorts & { shares: ShareQueue } {
  const { retentionMs } = environment.SETTINGS;
  const sqs = createSqsClient();
  const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE });
  return {
    sockets: environment.CONNECTIONS_URL
      ? {
          subscriptions: createDynamoSubscriptions({ table }),
          eventLag: createDynamoEventLag({ table, retentionMs }),
          lateChanges: createDynamoLateChanges({ table, retentionMs }),
          usualLifeMs,
          sender: createApiGatewayConnections(environment.CONNECTIONS_URL),
          random: Math.random,
        }
      : undefined,
    webhooks: createSqsWebhookQueue({ client: sqs, queueUrl: environment.WEBHOOK_QUEUE_URL }),
    shares: createSqsShareQueue({
      client: sqs,
      queueUrl: environment.SHARE_QUEUE_URL,
      ...(onUnreadable && { onUnreadable }),
    }),
  };
}
