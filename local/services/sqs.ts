// Amazon SQS, AWS JSON protocol: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
// Own, because fauxqs 2.4.1 with persistence refuses ChangeMessageVisibility 0 (a NOT NULL constraint fails) and
// loses a queue's messages when the queue is created again at the next start.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import { ServiceFault } from './service-fault.ts';
import { attributesMd5 } from './sqs-attributes.ts';
import { type MessageStatements, prepareMessages, type ReceivedMessage, SqsQueue } from './sqs-queue.ts';

export class Sqs {
  readonly #database: DatabaseSync;
  readonly #statements: MessageStatements;
  readonly #queues = new Map<string, SqsQueue>();
  readonly #ticker: NodeJS.Timeout;

  constructor(dataDirectory: string) {
    mkdirSync(dataDirectory, { recursive: true });
    this.#database = new DatabaseSync(join(dataDirectory, 'sqs.db'));
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    this.#statements = prepareMessages(this.#database);
    this.#ticker = setInterval(() => {
      for (const queue of this.#queues.values()) queue.releaseDue();
    }, 50);
  }

  add(resource: ResolvedResource): void {
    const { properties } = resource;
    if (properties.FifoQueue) throw new Error(`Queue ${resource.id} is FIFO, which is not served`);
    const redrive = properties.RedrivePolicy;
    const settings = {
      name: String(resource.attributes.QueueName),
      arn: String(resource.attributes.Arn),
      url: resource.ref,
      visibilitySeconds: Number(properties.VisibilityTimeout ?? 30),
      delaySeconds: Number(properties.DelaySeconds ?? 0),
      waitSeconds: Number(properties.ReceiveMessageWaitTimeSeconds ?? 0),
      retentionSeconds: Number(properties.MessageRetentionPeriod ?? 345_600),
      maximumBytes: Number(properties.MaximumMessageSize ?? 1_048_576),
      redrive: redrive && {
        deadLetterArn: redrive.deadLetterTargetArn,
        maxReceiveCount: Number(redrive.maxReceiveCount),
      },
    };
    const deadLetterQueue = () => this.#queues.get(redrive.deadLetterTargetArn.split(':').at(-1));
    this.#queues.set(settings.name, new SqsQueue(settings, this.#statements, deadLetterQueue));
  }

  /**
   * Puts back what is on disk. Every consumer died with the last host, so what was in flight is visible at once;
   * a message that was sent with a delay keeps it. Returns the number of messages.
   */
  restore(): number {
    const rows = this.#database.prepare('SELECT * FROM messages ORDER BY sent_at, rowid').all() as Value[];
    for (const row of rows) {
      const delayedUntil = row.receive_count === 0 ? (row.hidden_until ?? undefined) : undefined;
      this.#queues.get(row.queue)?.restore(
        {
          id: row.id,
          body: row.body,
          attributes: row.attributes ?? undefined,
          groupId: row.group_id ?? undefined,
          sentAt: row.sent_at,
          receiveCount: row.receive_count,
          firstReceivedAt: row.first_received_at ?? undefined,
        },
        delayedUntil,
      );
    }
    return rows.length;
  }

  queues(): SqsQueue[] {
    return [...this.#queues.values()];
  }

  /** By name, URL or ARN. */
  queue(reference: string): SqsQueue {
    const queue = this.#queues.get(reference.split(/[/:]/).at(-1) ?? '');
    if (queue) return queue;
    throw new ServiceFault(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
  }

  /** Answers one call. Throws ServiceFault. */
  async call(operation: string, input: Value): Promise<Value> {
    const handler = operations[operation];
    if (!handler) throw new ServiceFault(400, 'InvalidAction', `SQS ${operation} is not served locally`);
    const reference = input.QueueUrl ?? input.QueueName;
    if (!reference) throw new ServiceFault(400, 'MissingParameter', 'QueueUrl is required');
    return handler(this.queue(reference), input);
  }

  close(): void {
    clearInterval(this.#ticker);
    this.#database.close();
  }
}

const operations: Record<string, (queue: SqsQueue, input: Value) => Value> = {
  GetQueueUrl: (queue) => ({ QueueUrl: queue.settings.url }),
  GetQueueAttributes: (queue, input) => ({ Attributes: attributesOf(queue, input.AttributeNames ?? []) }),
  PurgeQueue: (queue) => queue.purge(),
  SendMessage: send,
  SendMessageBatch: (queue, input) => batch(input.Entries, (entry) => send(queue, entry)),
  ReceiveMessage: receive,
  DeleteMessage: (queue, input) => queue.delete(input.ReceiptHandle),
  DeleteMessageBatch: (queue, input) => batch(input.Entries, (entry) => queue.delete(entry.ReceiptHandle)),
  ChangeMessageVisibility: changeVisibility,
  ChangeMessageVisibilityBatch: (queue, input) =>
    batch(input.Entries, (entry) => changeVisibility(queue, entry)),
};

function send(queue: SqsQueue, input: Value): Value {
  const body = input.MessageBody;
  if (!body) throw new ServiceFault(400, 'MissingParameter', 'MessageBody must not be empty');
  const attributes = input.MessageAttributes && JSON.stringify(input.MessageAttributes);
  if (Buffer.byteLength(body) + Buffer.byteLength(attributes ?? '') > queue.settings.maximumBytes) {
    const message = `Message must be shorter than ${queue.settings.maximumBytes} bytes.`;
    throw new ServiceFault(400, 'InvalidParameterValue', message);
  }
  const options = { attributes, groupId: input.MessageGroupId, delaySeconds: input.DelaySeconds };
  return {
    MessageId: queue.send(body, options),
    MD5OfMessageBody: md5(body),
    MD5OfMessageAttributes: input.MessageAttributes && attributesMd5(input.MessageAttributes),
  };
}

async function receive(queue: SqsQueue, input: Value): Promise<Value> {
  const maximum = input.MaxNumberOfMessages ?? 1;
  const take = () => queue.receive(maximum, input.VisibilityTimeout);
  let messages = take();
  const waitUntil = Date.now() + (input.WaitTimeSeconds ?? queue.settings.waitSeconds) * 1000;
  while (messages.length === 0 && Date.now() < waitUntil) {
    await visibleOrTimeout(queue, waitUntil - Date.now());
    messages = take();
  }
  const names = new Set([...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])]);
  if (messages.length === 0) return {};
  return { Messages: messages.map((message) => shape(message, names, input.MessageAttributeNames ?? [])) };
}

function visibleOrTimeout(queue: SqsQueue, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, ms);
    const stop = queue.onVisible(end);
  });
}

function shape(message: ReceivedMessage, names: Set<string>, attributeNames: string[]): Value {
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => names.has('All') || names.has(name),
  );
  const all = attributeNames.some((name) => name === 'All' || name === '.*');
  const own = Object.entries<Value>(message.attributes ? JSON.parse(message.attributes) : {}).filter(
    ([name]) => all || attributeNames.includes(name),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(own.length > 0 && {
      MessageAttributes: Object.fromEntries(own),
      MD5OfMessageAttributes: attributesMd5(Object.fromEntries(own)),
    }),
  };
}

/** The attributes SQS itself gives a message. */
export function systemAttributes(message: ReceivedMessage): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: 'LOCAL',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.groupId && { MessageGroupId: message.groupId }),
  };
}

function changeVisibility(queue: SqsQueue, input: Value): void {
  if (queue.changeVisibility(input.ReceiptHandle, Number(input.VisibilityTimeout))) return;
  throw new ServiceFault(400, 'MessageNotInflight', 'The message referred to is not in flight.');
}

function batch(entries: Value[], act: (entry: Value) => Value): Value {
  const Successful: Value[] = [];
  const Failed: Value[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

function attributesOf(queue: SqsQueue, names: string[]): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  const { settings } = queue;
  const attributes: Record<string, string> = {
    QueueArn: settings.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(settings.visibilitySeconds),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    MaximumMessageSize: String(settings.maximumBytes),
    DelaySeconds: String(settings.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.waitSeconds),
  };
  const { redrive } = settings;
  if (redrive) {
    attributes.RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: redrive.deadLetterArn,
      maxReceiveCount: redrive.maxReceiveCount,
    });
  }
  if (names.includes('All')) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');
