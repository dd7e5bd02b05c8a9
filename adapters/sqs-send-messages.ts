import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

export interface OutgoingMessage {
  body: string;
  /** At most 128 of letters, digits and punctuation. */
  groupId?: string;
  /** Not shown before; at most 900. */
  delaySeconds?: number;
}

export function delayed({ delaySeconds }: OutgoingMessage) {
  return delaySeconds ? { DelaySeconds: delaySeconds } : {};
}

/** SendMessageBatch takes ten messages, 1 MiB in all. */
export const messagesPerRequest = 10;

/** Sends at most ten messages by one request; answers those that SQS did not take. */
export async function sendMessages<Message extends OutgoingMessage>(
  client: SQSClient,
  queueUrl: string,
  messages: Message[],
): Promise<Message[]> {
  const Entries = messages.map((message, index) => ({
    Id: String(index),
    MessageBody: message.body,
    ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    ...delayed(message),
  }));
  const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  const refused = new Set(Failed.map(({ Id }) => Id));
  return messages.filter((_, index) => refused.has(String(index)));
}
