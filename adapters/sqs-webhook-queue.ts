import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { WebhookMessage, WebhookQueue } from '../core/webhooks/webhook-queue.ts';
import { pagesBySize } from './pages-by-size.ts';

/** SQS takes 10 messages a request; the bytes stay below what its older limit and its emulators take (256 KB). */
const perRequest = { count: 10, bytes: 240 * 1024 };
const requestsAtOnce = 8;
const tries = 3;

interface Outgoing {
  message: WebhookMessage;
  body: string;
}

/**
 * Deliveries to make, on a standard queue. The message group is the receiver's host: by SQS fair queues a receiver
 * with many deliveries under way does not hold back the others (docs.aws.amazon.com, sqs-fair-queues).
 */
export function createSqsWebhookQueue(options: { client: SQSClient; queueUrl: string }): WebhookQueue {
  const { client, queueUrl: QueueUrl } = options;

  async function sendPage(page: Outgoing[]): Promise<WebhookMessage[]> {
    let rest = page;
    for (let attempt = 0; attempt < tries && rest.length > 0; attempt += 1) {
      const sent = rest;
      const Entries = sent.map(({ message, body }, index) => ({
        Id: String(index),
        MessageBody: body,
        MessageGroupId: groupOf(message.url),
      }));
      const answer = await client
        .send(new SendMessageBatchCommand({ QueueUrl, Entries }))
        .catch(() => undefined);
      if (answer) rest = (answer.Failed ?? []).map(({ Id }) => sent[Number(Id)] as Outgoing);
    }
    return rest.map(({ message }) => message);
  }

  return {
    async send(messages) {
      const outgoing = messages.map((message) => ({ message, body: JSON.stringify(message) }));
      const pages = pagesBySize(outgoing, perRequest, ({ body }) => Buffer.byteLength(body));
      const unsent: WebhookMessage[] = [];
      for (let from = 0; from < pages.length; from += requestsAtOnce) {
        const results = await Promise.all(pages.slice(from, from + requestsAtOnce).map(sendPage));
        unsent.push(...results.flat());
      }
      return unsent;
    },

    async postpone(ReceiptHandle, milliseconds) {
      const VisibilityTimeout = Math.ceil(milliseconds / 1000);
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    },
  };
}

/** At most 128 of letters, digits and punctuation. */
function groupOf(url: string): string {
  return (URL.parse(url)?.hostname ?? 'unknown').slice(0, 128);
}
