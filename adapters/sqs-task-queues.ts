import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  type Message,
  MessageNotInflight,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type QueuedTask, TaskMessage } from '../core/scheduling/task-message.ts';
import type { ReceivedTask, TaskQueues } from '../core/scheduling/task-queues.ts';
import type { Ticket } from '../core/scheduling/ticket.ts';
import { type Priority, priorities, waitReasons } from '../core/tasks/task.ts';
import { clientSettings, lighten } from './aws-client.ts';
import { mapInGroups, pagesOf } from './pages.ts';
import { jsonText, parseItem } from './parse-item.ts';
import { sdkAttempts } from './retry-policy.ts';
import { countMessages } from './sqs-queue-counts.ts';
import { toSeconds, toVisibilityTimeout } from './sqs-seconds.ts';
import { messagesPerRequest } from './sqs-send-messages.ts';
import { type QueuedMessage, sendToQueues } from './sqs-send-to-queues.ts';

/** SQS's longest delay of a message that is sent: 15 minutes. */
const longestDelaySeconds = 900;
const deletesAtOnce = 8;
/** So many unreadable messages one receive passes over; with more of them the whole queue is suspect. */
const mostUnreadable = 10;

const MessageBody = jsonText(TaskMessage);
/**
 * `for`: what a ticket waited for that this one stands for. `task`: the one that has no message, and how urgent it is.
 * `more`: others were sent with it, for all of which there was no room.
 */
const TicketBody = z.object({
  for: z.enum(waitReasons).optional().catch(undefined),
  task: TaskMessage.optional().catch(undefined),
  priority: z.enum(priorities).optional().catch(undefined),
  more: z.boolean().optional().catch(undefined),
});
type TicketBody = z.infer<typeof TicketBody>;
const TicketText = jsonText(TicketBody);

/** A message of ours, from the body that `enqueue` wrote. Throws an Error that names what is wrong. */
export function parseTaskMessage(body: string | undefined): TaskMessage {
  return parseItem('The message of a task', MessageBody, body);
}

/**
 * The body of a ticket. What cannot be read counts as absent: a ticket is the right to run a task whatever its body
 * says.
 */
export function parseTicketBody(body: string): Pick<Ticket, 'waitedFor' | 'carried' | 'hasOthersBehind'> {
  const { for: waitedFor, task: message, priority, more } = TicketText.safeParse(body).data ?? {};
  return {
    waitedFor,
    ...(more && { hasOthersBehind: true }),
    ...(priority && message && { carried: { message, priority } }),
  };
}

/** A ticket as SQS or its mapping hands it over. */
export function toTicket(
  id: string,
  handle: string,
  body: string,
  attributes: { SentTimestamp?: string; ApproximateReceiveCount?: string },
): Ticket {
  const { SentTimestamp = 0, ApproximateReceiveCount = 1 } = attributes;
  const waitedMs = Date.now() - Number(SentTimestamp);
  return { id, handle, ...parseTicketBody(body), waitedMs, receives: Number(ApproximateReceiveCount) };
}

/** Queue URLs are given (AWS_ENDPOINT_URL decides where requests go), not followed. */
export function createSqsClient(): SQSClient {
  return lighten(new SQSClient({ ...clientSettings(sdkAttempts.sqs), useQueueUrlAsEndpoint: false }));
}

export interface SqsTaskQueuesOptions {
  client: SQSClient;
  queueUrlPrefix: string;
  /** Told of each message that a receive passed over; without it such a message fails the receive. */
  onUnreadable?: (error: unknown) => void;
}

/**
 * The message was deleted, or shows already: whoever waited for it ended it, or its time was over
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html).
 */
function isGone(error: unknown): boolean {
  return (
    error instanceof MessageNotInflight ||
    error instanceof ReceiptHandleIsInvalid ||
    (error instanceof Error && /Message does not exist or is not available/.test(error.message))
  );
}

/** Task and ticket queues on SQS standard queues. Bodies are ids, so a message is billed as one request. */
export function createSqsTaskQueues(options: SqsTaskQueuesOptions): TaskQueues {
  const { client, queueUrlPrefix, onUnreadable } = options;
  const taskQueue = (provider: string, priority: Priority) => `${queueUrlPrefix}${provider}-${priority}`;
  const ticketQueue = (provider: string) => `${queueUrlPrefix}${provider}-tickets`;
  const deadQueue = (provider: string) => `${queueUrlPrefix}${provider}-dead`;
  const setVisibility = async (QueueUrl: string, ReceiptHandle: string, milliseconds: number) => {
    const VisibilityTimeout = toVisibilityTimeout(milliseconds);
    const change = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout });
    await client.send(change).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  };

  /** Ten at most. */
  const deleteTogether = async (QueueUrl: string, handles: readonly string[]) => {
    const Entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  };

  const messageOf = ({ provider, priority, message, delayMs }: QueuedTask): QueuedMessage => ({
    queueUrl: taskQueue(provider, priority),
    body: JSON.stringify(message),
    delaySeconds: delayOf(delayMs),
  });

  return {
    async enqueue(tasks) {
      await sendToQueues(client, tasks.filter(({ isCarried }) => !isCarried).map(messageOf));
      await sendToQueues(
        client,
        tasks.map((task) => ticketFor(ticketQueue(task.provider), task)),
      );
    },

    sendMessage: (task) => sendToQueues(client, [messageOf(task)]),

    sendTickets: (provider, count, delayMs, waitedFor) =>
      sendToQueues(
        client,
        Array.from({ length: count }, () => ({
          queueUrl: ticketQueue(provider),
          body: JSON.stringify({ for: waitedFor } satisfies TicketBody),
          delaySeconds: delayOf(delayMs),
        })),
      ),

    /**
     * A message that cannot be read (another version's, or a stranger's) must not stop the worker, and must
     * not get lost. It is passed over and stays hidden for as long as the receive hides what it finds. Then
     * another receive finds it, until its queue's maxReceiveCount moves it to the dead-letter queue, where it
     * stays, with an alarm. Its task, if it has one, ends at its deadline at the latest.
     */
    async receive(provider, priority, visibilitySeconds, waitSeconds) {
      const QueueUrl = taskQueue(provider, priority);
      for (let unreadable = 0; ; unreadable += 1) {
        const answer = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 1,
            VisibilityTimeout: visibilitySeconds,
            WaitTimeSeconds: waitSeconds,
            MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          }),
        );
        const [found] = answer.Messages ?? [];
        if (!found) return undefined;
        try {
          return {
            message: parseTaskMessage(found.Body),
            priority,
            receiveCount: Number(found.Attributes?.ApproximateReceiveCount ?? 1),
            handle: found.ReceiptHandle ?? '',
          };
        } catch (cause) {
          const error = new Error(`Message ${found.MessageId} of ${QueueUrl} cannot be read`, { cause });
          // The ticket then comes back, so that no readable message behind these is left without one.
          if (!onUnreadable || unreadable >= mostUnreadable) throw error;
          onUnreadable(error);
        }
      }
    },

    async deleteMany(tasks) {
      const handles = tasks.map(({ provider, received }) => ({
        queueUrl: taskQueue(provider, received.priority),
        handle: received.handle,
      }));
      const pages = Object.entries(Object.groupBy(handles, ({ queueUrl }) => queueUrl)).flatMap(
        ([queueUrl, list = []]) => pagesOf(list, messagesPerRequest).map((page) => ({ queueUrl, page })),
      );
      // What is refused has been received again since, or is gone: either way its task has ended.
      await mapInGroups(pages, deletesAtOnce, ({ queueUrl, page }) =>
        deleteTogether(
          queueUrl,
          page.map(({ handle }) => handle),
        ),
      );
    },

    async receiveTicket(provider, visibilitySeconds) {
      const answer = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: ticketQueue(provider),
          MaxNumberOfMessages: 1,
          VisibilityTimeout: visibilitySeconds,
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: [...ticketAttributes],
        }),
      );
      const [found] = answer.Messages ?? [];
      return found && ticketOf(found);
    },

    async deleteTicket(provider, ReceiptHandle) {
      await client.send(new DeleteMessageCommand({ QueueUrl: ticketQueue(provider), ReceiptHandle }));
    },

    async dropTickets(provider, count, visibilitySeconds) {
      const QueueUrl = ticketQueue(provider);
      const answer = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: Math.min(count, messagesPerRequest),
          VisibilityTimeout: visibilitySeconds,
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: [...ticketAttributes],
        }),
      );
      const tickets = (answer.Messages ?? []).map(ticketOf);
      const spare = tickets.filter(({ carried }) => !carried);
      if (spare.length > 0)
        await deleteTogether(
          QueueUrl,
          spare.map(({ handle }) => handle),
        );
      return tickets.filter(({ carried }) => carried);
    },

    async receiveDead(provider) {
      const answer = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: deadQueue(provider),
          // It does not wait for what a short poll may miss: the next sweep finds it, and each second is billed.
          MaxNumberOfMessages: 10,
        }),
      );
      return (answer.Messages ?? []).flatMap(({ Body, ReceiptHandle = '' }) => {
        try {
          return { message: parseTaskMessage(Body), handle: ReceiptHandle };
        } catch (error) {
          // It stays where it is, and rings.
          onUnreadable?.(error);
          return [];
        }
      });
    },

    async deleteDead(provider, ReceiptHandle) {
      await client.send(new DeleteMessageCommand({ QueueUrl: deadQueue(provider), ReceiptHandle }));
    },

    setVisibility: (provider, task: ReceivedTask, milliseconds) =>
      setVisibility(taskQueue(provider, task.priority), task.handle, milliseconds),

    setTicketVisibility: (provider, handle, milliseconds) =>
      setVisibility(ticketQueue(provider), handle, milliseconds),

    async count(provider) {
      const [high, normal, low] = await Promise.all([
        countMessages(client, taskQueue(provider, 'high')),
        countMessages(client, taskQueue(provider, 'normal')),
        countMessages(client, taskQueue(provider, 'low')),
      ]);
      // After the tasks: a submission sends its task first, so no task is counted without its ticket.
      const tickets = await countMessages(client, ticketQueue(provider));
      return { tasks: { high, normal, low }, tickets };
    },
  };
}

const ticketAttributes = ['SentTimestamp', 'ApproximateReceiveCount'] as const;

function ticketOf({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message): Ticket {
  return toTicket(MessageId, ReceiptHandle, Body, Attributes);
}

function ticketFor(queueUrl: string, task: QueuedTask): QueuedMessage {
  const carried: TicketBody = task.isCarried ? { task: task.message, priority: task.priority } : {};
  const ticket: TicketBody = { ...carried, ...(task.hasOthersBehind && { more: true }) };
  return { queueUrl, body: JSON.stringify(ticket), delaySeconds: delayOf(task.delayMs) };
}

const delayOf = (milliseconds = 0) => Math.min(toSeconds(milliseconds), longestDelaySeconds);
