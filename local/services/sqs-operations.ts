// The operations of Amazon SQS on one queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
import { createHash } from 'node:crypto';
import type { Value } from '../template/cloud-assembly.ts';
import { ServiceFault } from './service-fault.ts';
import type { ReceivedMessage, SqsQueue } from './sqs-queue.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const maximumBytes = 1_048_576;

/** By name. Each throws ServiceFault. */
export const operations: Record<string, (queue: SqsQueue, input: Value) => Value> = {
  GetQueueUrl: (queue) => ({ QueueUrl: queue.settings.url }),
  GetQueueAttributes: (queue, input) => ({ Attributes: attributesOf(queue, input.AttributeNames ?? []) }),
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
  const { MessageBody: body, MessageAttributes, MessageGroupId: groupId, DelaySeconds: delaySeconds } = input;
  if (!body) throw new ServiceFault(400, 'MissingParameter', 'MessageBody must not be empty');
  if (MessageAttributes) {
    throw new ServiceFault(400, 'InvalidParameterValue', 'SQS MessageAttributes are not served locally');
  }
  if (Buffer.byteLength(body) > maximumBytes) {
    const message = `Message must be shorter than ${maximumBytes} bytes.`;
    throw new ServiceFault(400, 'InvalidParameterValue', message);
  }
  return { MessageId: queue.send(body, { groupId, delaySeconds }), MD5OfMessageBody: md5(body) };
}

async function receive(queue: SqsQueue, input: Value): Promise<Value> {
  const { MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds = 0 } = input;
  const take = () => queue.receive(MaxNumberOfMessages, VisibilityTimeout);
  let messages = take();
  const waitUntil = Date.now() + WaitTimeSeconds * 1000;
  while (messages.length === 0 && Date.now() < waitUntil) {
    await visibleOrTimeout(queue, waitUntil - Date.now());
    messages = take();
  }
  if (messages.length === 0) return {};
  const names = new Set<string>([
    ...(input.MessageSystemAttributeNames ?? []),
    ...(input.AttributeNames ?? []),
  ]);
  return { Messages: messages.map((message) => describeMessage(message, names)) };
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

/** A message as ReceiveMessage answers it, with the system attributes that were asked for. */
function describeMessage(message: ReceivedMessage, names: ReadonlySet<string>): Value {
  const attributes = Object.entries(systemAttributes(message)).filter(
    ([name]) => names.has('All') || names.has(name),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(attributes.length > 0 && { Attributes: Object.fromEntries(attributes) }),
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

/** Each entry succeeds or fails for itself. */
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
  const attributes: Record<string, string> = {
    QueueArn: queue.settings.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
  if (names.includes('All')) return attributes;
  const unknown = names.find((name) => !(name in attributes));
  if (unknown) {
    throw new ServiceFault(400, 'InvalidAttributeName', `Queue attribute ${unknown} is not served locally`);
  }
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');
