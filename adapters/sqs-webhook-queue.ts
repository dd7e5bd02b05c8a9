import type { SQSClient } from '@aws-sdk/client-sqs';
import { receiverGroup } from '../core/webhooks/receiver-group.ts';
import { WebhookMessage, type WebhookQueue } from '../core/webhooks/webhook-queue.ts';
import { mapInGroups, pagesBySize } from './pages.ts';
import { jsonText, parseItem } from './parse-item.ts';
import { batchPolicies, sendUntilTaken } from './retry-policy.ts';
import { deleteMessage, postponeMessage, receiveMessages } from './sqs-receive-messages.ts';
import { messagesPerRequest, sendMessages } from './sqs-send-messages.ts';

/** The bytes stay below what SQS's older limit and its emulators take (256 KB). */
const perRequest = { count: messagesPerRequest, bytes: 240 * 1024 };
const requestsAtOnce = 8;

const MessageBody = jsonText(WebhookMessage);

/** A message of ours, from the body that `send` wrote. Throws an Error that names what is wrong. */
export function parseWebhookMessage(body: string | undefined): WebhookMessage {
  return parseItem('The message of a webhook', MessageBody, body);
}

/**
 * Deliveries to make, on a standard queue. The message group is the receiver: by SQS fair queues one
 * with many deliveries under way does not hold back the others (docs.aws.amazon.com,
 * sqs-fair-queues).
 */
export function createSqsWebhookQueue(options: { client: SQSClient; queueUrl: string }): WebhookQueue {
  const { client, queueUrl: QueueUrl } = options;
  return {
    async send(messages) {
      const outgoing = messages.map((message) => ({
        message,
        body: JSON.stringify(message),
        // SQS takes 128 characters.
        groupId: receiverGroup(message.tenant, message.url).slice(0, 128),
      }));
      const pages = pagesBySize(outgoing, perRequest, ({ body }) => Buffer.byteLength(body));
      const outcomes = await mapInGroups(pages, requestsAtOnce, (page) =>
        sendUntilTaken(page, batchPolicies.sqs, (rest) => sendMessages(client, QueueUrl, rest)),
      );
      return outcomes.flatMap(({ left }) => left.map(({ message }) => message));
    },

    postpone: (handle, milliseconds) => postponeMessage(client, QueueUrl, handle, milliseconds),
    receive: (waitSeconds) => receiveMessages(client, QueueUrl, waitSeconds),
    delete: (handle) => deleteMessage(client, QueueUrl, handle),
  };
}
