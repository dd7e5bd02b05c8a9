import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { WebhookMessage, WebhookQueue } from '../core/webhooks/webhook-queue.ts';
import { pagesOf } from './pages.ts';
import { messagesPerRequest } from './sqs-send-messages.ts';
import { parseWebhookMessage } from './sqs-webhook-queue.ts';

/** A delivery whose tries are used up. */
export interface DeadWebhook {
  message: WebhookMessage;
  receiptHandle: string;
}

export interface DeadWebhooks {
  /** Every delivery in the dead-letter queue. They are hidden from others for a minute, or until released. */
  list(): Promise<DeadWebhook[]>;
  /** To the webhook queue, for all its tries. Sent before it is deleted: at worst it is delivered twice. */
  replay(dead: DeadWebhook): Promise<void>;
  release(dead: DeadWebhook[]): Promise<void>;
}

const hiddenSeconds = 60;

/** URL of a queue by its name. Throws an Error that names it where there is none. */
export async function findQueueUrl(client: SQSClient, name: string): Promise<string> {
  try {
    const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl;
  } catch (cause) {
    if (cause instanceof QueueDoesNotExist) throw new Error(`There is no queue ${name}`, { cause });
    throw cause;
  }
}

export function createSqsDeadWebhooks(options: {
  client: SQSClient;
  deadQueueUrl: string;
  queue: WebhookQueue;
}): DeadWebhooks {
  const { client, deadQueueUrl: QueueUrl, queue } = options;
  return {
    async list() {
      const found = new Map<string, DeadWebhook>();
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: messagesPerRequest,
            VisibilityTimeout: hiddenSeconds,
            // A long poll asks every server of the queue, so that an empty answer means empty.
            WaitTimeSeconds: 1,
          }),
        );
        const seen = found.size;
        for (const message of Messages) {
          const dead = parse(message);
          if (dead) found.set(message.MessageId ?? '', dead);
        }
        // Nothing new: the queue is empty, or the listing takes longer than a message stays hidden.
        if (found.size === seen) return [...found.values()];
      }
    },

    async replay({ message, receiptHandle }) {
      const unsent = await queue.send([message]);
      if (unsent.length > 0) throw new Error(`The queue did not take ${message.event.event_id}; it is kept`);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
    },

    async release(dead) {
      for (const page of pagesOf(dead, messagesPerRequest))
        await client.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl,
            Entries: page.map(({ receiptHandle }, index) => ({
              Id: String(index),
              ReceiptHandle: receiptHandle,
              VisibilityTimeout: 0,
            })),
          }),
        );
    },
  };
}

/** Undefined for a message that cannot be read; it stays where it is. */
function parse({ Body, ReceiptHandle = '' }: Message): DeadWebhook | undefined {
  try {
    return { message: parseWebhookMessage(Body), receiptHandle: ReceiptHandle };
  } catch {
    return undefined;
  }
}
