import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { mapInGroups, pagesOf } from './pages.ts';
import { batchPolicies, sendAll } from './retry-policy.ts';
import { delayed, messagesPerRequest, type OutgoingMessage, sendMessages } from './sqs-send-messages.ts';

export interface QueuedMessage extends OutgoingMessage {
  queueUrl: string;
}

const sendsAtOnce = 8;

/** Sends messages to their queues: one alone by the cheaper request, more by ten. Throws where any was not taken. */
export async function sendToQueues(client: SQSClient, messages: QueuedMessage[]): Promise<void> {
  const [only] = messages;
  if (only && messages.length === 1) {
    await client.send(
      new SendMessageCommand({ QueueUrl: only.queueUrl, MessageBody: only.body, ...delayed(only) }),
    );
    return;
  }
  const pages = Object.entries(Object.groupBy(messages, ({ queueUrl }) => queueUrl)).flatMap(
    ([queueUrl, list = []]) => pagesOf(list, messagesPerRequest).map((page) => ({ queueUrl, page })),
  );
  await mapInGroups(pages, sendsAtOnce, ({ queueUrl, page }) =>
    sendAll(page, batchPolicies.sqs, (rest) => sendMessages(client, queueUrl, rest)),
  );
}
