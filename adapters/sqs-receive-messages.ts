import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { toVisibilityTimeout } from './sqs-seconds.ts';
import { messagesPerRequest } from './sqs-send-messages.ts';

export interface ReceivedMessage {
  body: string;
  handle: string;
  /** Counts from 1. */
  attempt: number;
}

/** At most ten messages that show now, or within so many seconds. */
export async function receiveMessages(
  client: SQSClient,
  QueueUrl: string,
  WaitTimeSeconds: number,
): Promise<ReceivedMessage[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: messagesPerRequest,
      WaitTimeSeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  );
  return Messages.map(({ Body = '', ReceiptHandle = '', Attributes }) => ({
    body: Body,
    handle: ReceiptHandle,
    attempt: Number(Attributes?.ApproximateReceiveCount ?? 1),
  }));
}

/** Shows a message again so many milliseconds from now. */
export async function postponeMessage(
  client: SQSClient,
  QueueUrl: string,
  ReceiptHandle: string,
  milliseconds: number,
): Promise<void> {
  const VisibilityTimeout = toVisibilityTimeout(milliseconds);
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
}

export async function deleteMessage(
  client: SQSClient,
  QueueUrl: string,
  ReceiptHandle: string,
): Promise<void> {
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}
