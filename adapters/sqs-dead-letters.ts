import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { pagesOf } from './pages.ts';
import { messagesPerRequest } from './sqs-send-messages.ts';

interface Received {
  receiptHandle: string;
}

/** A message that was given up. */
export interface DeadLetter<Content> extends Received {
  content: Content;
}

export interface DeadLetters<Content> {
  /**
   * Every message in the dead-letter queue, and those that are none of this kind. They are hidden from others for a
   * minute, or until released.
   */
  list(): Promise<{ letters: DeadLetter<Content>[]; unreadable: Received[] }>;
  /** To its queue, for all its tries. Sent before it is deleted: at worst it is done twice. */
  replay(letter: DeadLetter<Content>): Promise<void>;
  release(messages: Received[]): Promise<void>;
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

export function createSqsDeadLetters<Content>(options: {
  client: SQSClient;
  deadQueueUrl: string;
  /** Throws for a body that it cannot read. */
  parse: (body: string | undefined) => Content;
  /** To the queue that it came from. False: it was not taken. */
  send: (content: Content) => Promise<boolean>;
}): DeadLetters<Content> {
  const { client, deadQueueUrl: QueueUrl, parse, send } = options;

  function read({ Body, ReceiptHandle: receiptHandle = '' }: Message): DeadLetter<Content> | Received {
    try {
      return { content: parse(Body), receiptHandle };
    } catch {
      return { receiptHandle };
    }
  }

  return {
    async list() {
      const found = new Map<string, DeadLetter<Content> | Received>();
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
        for (const message of Messages) found.set(message.MessageId ?? '', read(message));
        // Nothing new: the queue is empty, or the listing takes longer than a message stays hidden.
        if (found.size > seen) continue;
        const all = [...found.values()];
        return {
          letters: all.filter((letter) => 'content' in letter),
          unreadable: all.filter((letter) => !('content' in letter)),
        };
      }
    },

    async replay({ content, receiptHandle }) {
      if (!(await send(content))) throw new Error('The queue did not take a message; it is kept');
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
    },

    async release(messages) {
      for (const page of pagesOf(messages, messagesPerRequest))
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
