import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type {
  QueueCounts,
  QueuedTask,
  ReceivedTask,
  TaskMessage,
  TaskQueues,
} from '../core/scheduling/task-queues.ts';
import { ServiceError } from '../core/service-error.ts';
import { type Priority, priorities } from '../core/tasks/task.ts';

/** SQS's longest visibility timeout. */
const longestSeconds = 43_200;
const sendsAtOnce = 8;

interface Outgoing {
  queueUrl: string;
  body: string;
}

/** A message of ours, from the body that `enqueue` wrote. */
export function parseTaskMessage(body: string): TaskMessage {
  return JSON.parse(body) as TaskMessage;
}

/** The hint of a ticket, from the body that `enqueue` wrote; the sweeper's tickets have none. */
export function parseTicketHint(body: string): Priority | undefined {
  const { hint } = JSON.parse(body) as { hint?: string };
  return priorities.find((priority) => priority === hint);
}

/** Queue URLs are given (AWS_ENDPOINT_URL decides where requests go), not followed. */
export function createSqsClient(): SQSClient {
  return new SQSClient({ useQueueUrlAsEndpoint: false });
}

/** Task and ticket queues on SQS standard queues; bodies are ids only, so a message is one request of 64 KB. */
export function createSqsTaskQueues(options: { client: SQSClient; queueUrlPrefix: string }): TaskQueues {
  const { client, queueUrlPrefix } = options;
  const taskQueue = (provider: string, priority: Priority) => `${queueUrlPrefix}${provider}-${priority}`;
  const ticketQueue = (provider: string) => `${queueUrlPrefix}${provider}-tickets`;
  const setVisibility = async (QueueUrl: string, ReceiptHandle: string, milliseconds: number) => {
    const VisibilityTimeout = Math.min(Math.max(Math.ceil(milliseconds / 1000), 0), longestSeconds);
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  };

  return {
    async enqueue(tasks) {
      await sendAll(
        client,
        tasks.map(({ provider, priority, message }) => ({
          queueUrl: taskQueue(provider, priority),
          body: JSON.stringify(message),
        })),
      );
      await sendAll(
        client,
        tasks.map((task) => ticketFor(ticketQueue(task.provider), task)),
      );
    },

    sendTickets: (provider, count) =>
      sendAll(
        client,
        Array.from({ length: count }, () => ({ queueUrl: ticketQueue(provider), body: '{}' })),
      ),

    async receive(provider, priority, visibilitySeconds, waitSeconds) {
      const answer = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: taskQueue(provider, priority),
          MaxNumberOfMessages: 1,
          VisibilityTimeout: visibilitySeconds,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      const [found] = answer.Messages ?? [];
      return (
        found && {
          message: parseTaskMessage(found.Body as string),
          priority,
          receiveCount: Number(found.Attributes?.ApproximateReceiveCount ?? 1),
          handle: found.ReceiptHandle as string,
        }
      );
    },

    async delete(provider, task) {
      const QueueUrl = taskQueue(provider, task.priority);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: task.handle }));
    },

    setVisibility: (provider, task: ReceivedTask, milliseconds) =>
      setVisibility(taskQueue(provider, task.priority), task.handle, milliseconds),

    setTicketVisibility: (provider, handle, milliseconds) =>
      setVisibility(ticketQueue(provider), handle, milliseconds),

    async count(provider) {
      const [high, normal, low] = await Promise.all(
        priorities.map((priority) => counts(client, taskQueue(provider, priority))),
      );
      // After the tasks: a submission sends its task first, so counting in this order never sees a task without its ticket.
      const tickets = await counts(client, ticketQueue(provider));
      return { tasks: { high, normal, low } as Record<Priority, QueueCounts>, tickets };
    },
  };
}

/** The hint tells where to long-poll first when short polls found nothing. */
function ticketFor(queueUrl: string, task: QueuedTask): Outgoing {
  return { queueUrl, body: JSON.stringify({ hint: task.priority }) };
}

async function counts(client: SQSClient, queueUrl: string): Promise<QueueCounts> {
  const answer = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  const number = (name: keyof NonNullable<typeof answer.Attributes>) =>
    Number(answer.Attributes?.[name] ?? 0);
  return {
    visible: number('ApproximateNumberOfMessages'),
    inFlight: number('ApproximateNumberOfMessagesNotVisible'),
    delayed: number('ApproximateNumberOfMessagesDelayed'),
  };
}

async function sendAll(client: SQSClient, messages: Outgoing[]): Promise<void> {
  const [only] = messages;
  if (only && messages.length === 1) {
    await client.send(new SendMessageCommand({ QueueUrl: only.queueUrl, MessageBody: only.body }));
    return;
  }
  const pages = Object.entries(Object.groupBy(messages, ({ queueUrl }) => queueUrl)).flatMap(
    ([queueUrl, list = []]) =>
      Array.from({ length: Math.ceil(list.length / 10) }, (_, page) => ({
        queueUrl,
        bodies: list.slice(page * 10, page * 10 + 10).map(({ body }) => body),
      })),
  );
  for (let from = 0; from < pages.length; from += sendsAtOnce)
    await Promise.all(
      pages.slice(from, from + sendsAtOnce).map((page) => sendPage(client, page.queueUrl, page.bodies)),
    );
}

/** Sends up to ten bodies; those that SQS refuses for its own reasons are tried again. */
async function sendPage(client: SQSClient, QueueUrl: string, bodies: string[]): Promise<void> {
  let rest = bodies;
  for (let tries = 0; tries < 3; tries += 1) {
    const Entries = rest.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    rest = (answer.Failed ?? []).map(({ Id }) => rest[Number(Id)] as string);
    if (rest.length === 0) return;
  }
  throw new ServiceError('internal', 'The queue did not take every message', { retryable: true });
}
