import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createDynamoDeliveries } from '../../adapters/dynamo-deliveries.ts';
import { createDynamoMetrics } from '../../adapters/dynamo-metrics.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createHttpsWebhookSender } from '../../adapters/https-webhook-sender.ts';
import { createNameResolver } from '../../adapters/name-resolver.ts';
import { createSqsClient } from '../../adapters/sqs-task-queues.ts';
import { createSqsWebhookQueue, parseWebhookMessage } from '../../adapters/sqs-webhook-queue.ts';
import { createSsmSecrets } from '../../adapters/ssm-secrets.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import type { Webhooks } from '../../core/metrics/metrics.ts';
import { ServiceError } from '../../core/service-error.ts';
import { isAddressAllowed } from '../../core/webhooks/check-callback-url.ts';
import { type DeliverWebhookPorts, deliverWebhook } from '../../core/webhooks/deliver-webhook.ts';
import { createReceiverHealth } from '../../core/webhooks/receiver-health.ts';
import { webhookRetryDelays } from '../../core/webhooks/retry-delays.ts';
import { serveWhileWaiting } from '../../core/webhooks/serve-while-waiting.ts';
import { signingKeys } from '../../core/webhooks/signing-secrets.ts';
import type { ReceivedWebhook } from '../../core/webhooks/webhook-queue.ts';
import { reportFailedRecords } from './report-failed-records.ts';

/** For name lookup, connection and answer together; well below the function's timeout. */
const tryTimeoutMs = 10_000;
const lookupTimeoutMs = 2_000;

const Variables = Environment.pick({
  SETTINGS: true,
  STATE_TABLE: true,
  WEBHOOK_QUEUE_URL: true,
  WEBHOOK_SECRET_PARAMETER: true,
  LOCAL_HOST_STARTED_AT: true,
});
const environment = readEnvironment(Variables, process.env);
const { retentionMs, webhooks: policy } = environment.SETTINGS;
const delays = policy.retryDelaysMs ?? webhookRetryDelays;
const logger = new Logger();
const secrets = createSsmSecrets({ now: Date.now });
const queue = createSqsWebhookQueue({ client: createSqsClient(), queueUrl: environment.WEBHOOK_QUEUE_URL });

const stateTable = createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE });
const totals = createDynamoMetrics({ table: stateTable });

const ports: DeliverWebhookPorts = {
  sender: createHttpsWebhookSender({
    timeoutMs: tryTimeoutMs,
    isAddressAllowed: (address) => isAddressAllowed(address, policy),
    // Names of private networks may be in a hosts file.
    ...(!policy.allowPrivate && { resolveAll: createNameResolver(lookupTimeoutMs) }),
  }),
  deliveries: createDynamoDeliveries({ table: stateTable, retentionMs }),
  health: createReceiverHealth(),
  async keysOf(tenant) {
    const keys = signingKeys((await secrets.read(environment.WEBHOOK_SECRET_PARAMETER))?.value, tenant);
    if (keys) return keys;
    // The local host without LLM_WEBHOOK_SECRET sends webhooks unsigned.
    if (environment.LOCAL_HOST_STARTED_AT > 0) return [];
    throw new ServiceError('internal', `Tenant ${tenant} has no webhook secret`, { retryable: true });
  },
  clock: Date.now,
};

/** After the last receive there is time for a try and what is written of it. */
const lastReceiveMs = tryTimeoutMs + 5_000;

/**
 * SQS trigger of the webhook queue. Delivers a batch's messages at the same time, and others while receivers hang; those
 * to repeat come back.
 */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const outcomes: Webhooks = { delivered: 0, retrying: 0, rejected: 0, dead: 0 };
  const batch = reportFailedRecords(event, logger, ({ body, receiptHandle, attributes }) =>
    deliver({ body, handle: receiptHandle, attempt: Number(attributes.ApproximateReceiveCount) }, outcomes),
  );
  await serveWhileWaiting(batch, {
    receive: queue.receive,
    async handle(message) {
      if (await deliver(message, outcomes)) await queue.delete(message.handle);
    },
    receivesUntil: Date.now() + context.getRemainingTimeInMillis() - lastReceiveMs,
    clock: Date.now,
    sleep,
    onError: (error) => logger.error('A message could not be handled', { error: error as Error }),
  });
  // A count that is lost must not bring the webhooks again.
  await totals
    .addWebhooks(outcomes)
    .catch((error: unknown) => logger.error('Webhooks were not counted', { error: error as Error }));
  return batch;
};

/** False: it comes again. */
async function deliver({ body, handle, attempt }: ReceivedWebhook, outcomes: Webhooks): Promise<boolean> {
  const message = parseWebhookMessage(body);
  const outcome = await deliverWebhook(message, attempt, { policy, delays }, ports);
  outcomes[outcome.status] += 1;
  const { tenant, event } = message;
  const { event_id } = event;
  if (outcome.kind === 'ended') {
    if (outcome.status !== 'delivered')
      logger.info('A webhook was given up', { tenant, event_id, attempt, status: outcome.status });
    return true;
  }
  logger.info('The receiver did not accept a webhook', {
    tenant,
    event_id,
    attempt,
    reason: outcome.reason,
    status: outcome.status,
  });
  await queue.postpone(handle, outcome.delayMs);
  return false;
}
