import type { AttemptOutcome } from '../attempts/attempt.ts';
import { isFinal, type Task, type TaskError } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { StopReason } from './hold-lease.ts';
import { toQueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket, TicketOutcome } from './ticket.ts';

export interface Settlement {
  /** Stores how an attempt ended and does with message and ticket what follows from it. */
  settle(ticket: Ticket, received: ReceivedTask, task: Task, outcome: AttemptOutcome): Promise<TicketOutcome>;
  /** The same for an attempt that was stopped from outside. */
  settleStopped(
    ticket: Ticket,
    received: ReceivedTask,
    task: Task,
    reason: StopReason,
  ): Promise<TicketOutcome>;
  /** Task and ticket come back together after the delay. */
  postpone(ticket: Ticket, received: ReceivedTask, delayMs: number): Promise<TicketOutcome>;
  postponeTicket(ticket: Ticket, delayMs: number): Promise<TicketOutcome>;
  /** The task waits at another provider by its row; its message follows. */
  forward(task: Task, received: ReceivedTask): Promise<void>;
}

export function createSettlement(options: {
  provider: string;
  store: TaskStore;
  queues: TaskQueues;
  clock: () => number;
}): Settlement {
  const { provider, store, queues, clock } = options;

  async function postponeTicket(ticket: Ticket, delayMs: number): Promise<TicketOutcome> {
    await queues.setTicketVisibility(provider, ticket.handle, delayMs);
    return 'again';
  }

  async function postpone(ticket: Ticket, received: ReceivedTask, delayMs: number): Promise<TicketOutcome> {
    const [, outcome] = await Promise.all([
      queues.setVisibility(provider, received, delayMs),
      postponeTicket(ticket, delayMs),
    ]);
    return outcome;
  }

  /** The row goes first: a worker that finds the old message afterwards sends the new one again. */
  async function forward(task: Task, received: ReceivedTask): Promise<void> {
    await queues.enqueue([toQueuedTask(task)]);
    await queues.delete(provider, received);
  }

  async function finish(received: ReceivedTask): Promise<TicketOutcome> {
    await queues.delete(provider, received);
    return 'done';
  }

  /** The row refused the outcome: ended meanwhile (cancelled, expired), or taken over by a worker whose message it is now. */
  async function finishLost(received: ReceivedTask, task: Task): Promise<TicketOutcome> {
    const current = await store.get(task);
    return !current || isFinal(current.status) ? finish(received) : 'done';
  }

  const settle: Settlement['settle'] = async (ticket, received, task, outcome) => {
    const now = clock();
    switch (outcome.kind) {
      case 'completed':
        return (await store.complete(task, outcome.result, now))
          ? finish(received)
          : finishLost(received, task);
      case 'failed':
        return (await store.fail(task, outcome.error, now)) ? finish(received) : finishLost(received, task);
      case 'retry':
        return (await store.retryLater(task, outcome.error, now))
          ? postpone(ticket, received, outcome.delayMs)
          : finishLost(received, task);
      case 'failover': {
        const { provider: next, model, error } = outcome;
        if (!(await store.moveTo(task, next, model, error, now))) return finishLost(received, task);
        await forward({ ...task, provider: next }, received);
        return 'done';
      }
    }
  };

  return {
    settle,
    postpone,
    postponeTicket,
    forward,
    async settleStopped(ticket, received, task, reason) {
      if (reason === 'lost') return finishLost(received, task);
      if (reason === 'deadline')
        return (await store.expire(task, clock())) ? finish(received) : finishLost(received, task);
      const message = 'The provider call outlasted the longest time a worker may run';
      const error: TaskError = { code: 'timeout', message, provider, retryable: true };
      const spent = task.providerAttempts > task.config.maxRetries;
      return settle(
        ticket,
        received,
        task,
        spent ? { kind: 'failed', error } : { kind: 'retry', error, delayMs: 0 },
      );
    },
  };
}
