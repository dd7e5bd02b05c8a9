import type { Priority, WaitReason } from '../tasks/task.ts';
import type { QueuedTask, TaskMessage } from './task-message.ts';
import type { Ticket } from './ticket.ts';

export interface ReceivedTask {
  message: TaskMessage;
  priority: Priority;
  /** Receives so far, this one included; the delay of a postponed task grows with it. */
  receiveCount: number;
  handle: string;
}

export interface QueueCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

/**
 * The task queues (three a provider) and the ticket queue of each provider. Times are milliseconds; SQS
 * rounds up to seconds.
 */
export interface TaskQueues {
  /**
   * Sends every task, then a ticket for each: a ticket must never find its task missing. Of a task that its ticket carries
   * the ticket alone. Throws a retryable ServiceError when any could not be sent.
   */
  enqueue(tasks: QueuedTask[]): Promise<void>;
  /** Sends a task without a ticket. */
  sendMessage(task: QueuedTask): Promise<void>;
  /**
   * @param delayMs not shown before; SQS allows 15 minutes
   * @param waitedFor what the tickets waited for that these stand for
   */
  sendTickets(provider: string, count: number, delayMs?: number, waitedFor?: WaitReason): Promise<void>;
  /**
   * One task of one queue, or undefined; `waitSeconds` 0 is a short poll, which may miss. A message that
   * cannot be read is passed over: its queue puts it aside in the end.
   */
  receive(
    provider: string,
    priority: Priority,
    visibilitySeconds: number,
    waitSeconds: 0 | 1,
  ): Promise<ReceivedTask | undefined>;
  /** Messages that are gone already are no error. */
  deleteMany(tasks: { provider: string; received: ReceivedTask }[]): Promise<void>;
  /** Sets when an unfinished message shows again, counted from now. One that is gone, or shows already, is no error. */
  setVisibility(provider: string, task: ReceivedTask, milliseconds: number): Promise<void>;
  setTicketVisibility(provider: string, ticketHandle: string, milliseconds: number): Promise<void>;
  /** The next ticket, for a worker that goes on; undefined: none shows, or a short poll missed it. */
  receiveTicket(provider: string, visibilitySeconds: number): Promise<Ticket | undefined>;
  deleteTicket(provider: string, ticketHandle: string): Promise<void>;
  /** Deletes up to ten tickets, any that show: a short poll may miss some. Those that carry tasks are answered, hidden for so long. */
  dropTickets(provider: string, count: number, visibilitySeconds: number): Promise<Ticket[]>;
  /** Up to ten messages of the provider's dead-letter queue; none: it is empty. */
  receiveDead(provider: string): Promise<{ message: TaskMessage; handle: string }[]>;
  deleteDead(provider: string, handle: string): Promise<void>;
  count(provider: string): Promise<{ tasks: Record<Priority, QueueCounts>; tickets: QueueCounts }>;
}
