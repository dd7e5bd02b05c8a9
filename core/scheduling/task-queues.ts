import type { Priority, TaskKey } from '../tasks/task.ts';

/** What a task's message carries: ids and what a worker must know before it claims. Never prompt or data. */
export interface TaskMessage extends TaskKey {
  type: string;
  deadlineAt: number;
  estimatedTokens: number;
  cacheKey: string | null;
}

export interface ReceivedTask {
  message: TaskMessage;
  priority: Priority;
  /** Receives so far, this one included; grows the delay of a put-off. */
  receiveCount: number;
  handle: string;
}

export interface QueueCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

export interface QueuedTask {
  provider: string;
  priority: Priority;
  message: TaskMessage;
}

/** The task queues (three a provider) and the ticket queue of each provider. Times are milliseconds; SQS rounds up to seconds. */
export interface TaskQueues {
  /** Sends every task, then a ticket for each: a ticket must never find its task missing. Throws a retryable ServiceError when any could not be sent. */
  enqueue(tasks: QueuedTask[]): Promise<void>;
  sendTickets(provider: string, count: number): Promise<void>;
  /** One task of one queue, or undefined; `waitSeconds` 0 is a short poll, which may miss. */
  receive(
    provider: string,
    priority: Priority,
    visibilitySeconds: number,
    waitSeconds: 0 | 1,
  ): Promise<ReceivedTask | undefined>;
  delete(provider: string, task: ReceivedTask): Promise<void>;
  /** Sets when an unfinished message shows again, counted from now. */
  setVisibility(provider: string, task: ReceivedTask, milliseconds: number): Promise<void>;
  setTicketVisibility(provider: string, ticketHandle: string, milliseconds: number): Promise<void>;
  count(provider: string): Promise<{ tasks: Record<Priority, QueueCounts>; tickets: QueueCounts }>;
}
