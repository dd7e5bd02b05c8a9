import { randomUUID } from 'node:crypto';
import type { QueuedTask } from '../../core/scheduling/task-message.ts';
import type { ReceivedTask, TaskQueues } from '../../core/scheduling/task-queues.ts';
import type { Ticket, TicketOutcome } from '../../core/scheduling/ticket.ts';
import type { Priority } from '../../core/tasks/task.ts';

interface Waiting<T> {
  content: T;
  visibleAt: number;
  receives: number;
}

export interface MemoryQueues extends TaskQueues {
  /** Hands the provider's tickets to at most `slots` workers at once, as its event source mapping does. */
  serve(
    provider: string,
    slots: number,
    work: (slot: number, ticket: Ticket) => Promise<TicketOutcome>,
  ): void;
  stop(): void;
}

/** Queues in memory. They hide messages as SQS does, for whole seconds. */
export function createMemoryQueues(): MemoryQueues {
  const tasks = new Map<string, Map<string, Waiting<QueuedTask>>>();
  const tickets = new Map<string, Map<string, Waiting<Priority>>>();
  const timers: NodeJS.Timeout[] = [];
  const of = <T>(queues: Map<string, Map<string, T>>, name: string) => {
    const queue = queues.get(name) ?? new Map<string, T>();
    queues.set(name, queue);
    return queue;
  };
  const later = (milliseconds: number) => Date.now() + Math.ceil(Math.max(milliseconds, 0) / 1000) * 1000;
  const firstVisible = <T>(queue: Map<string, Waiting<T>>, fits: (content: T) => boolean = () => true) => {
    const now = Date.now();
    for (const [id, waiting] of queue)
      if (waiting.visibleAt <= now && fits(waiting.content)) return { id, waiting };
    return undefined;
  };

  return {
    async enqueue(list) {
      for (const task of list) {
        of(tasks, task.provider).set(randomUUID(), { content: task, visibleAt: 0, receives: 0 });
        of(tickets, task.provider).set(randomUUID(), { content: task.priority, visibleAt: 0, receives: 0 });
      }
    },
    async sendTickets() {},
    async receive(provider, priority, visibilitySeconds): Promise<ReceivedTask | undefined> {
      const found = firstVisible(of(tasks, provider), (task) => task.priority === priority);
      if (!found) return undefined;
      found.waiting.visibleAt = later(visibilitySeconds * 1000);
      found.waiting.receives += 1;
      const { message } = found.waiting.content;
      return { message, priority, receiveCount: found.waiting.receives, handle: found.id };
    },
    async delete(provider, { handle }) {
      of(tasks, provider).delete(handle);
    },
    async setVisibility(provider, { handle }, milliseconds) {
      const waiting = of(tasks, provider).get(handle);
      if (waiting) waiting.visibleAt = later(milliseconds);
    },
    async setTicketVisibility(provider, handle, milliseconds) {
      const waiting = of(tickets, provider).get(handle);
      if (waiting) waiting.visibleAt = later(milliseconds);
    },
    count: () => Promise.reject(new Error('Only the sweeper counts')),

    serve(provider, slots, work) {
      const free = Array.from({ length: slots }, (_, slot) => slot);
      const queue = of(tickets, provider);
      const hand = () => {
        for (let found = firstVisible(queue); found && free.length > 0; found = firstVisible(queue)) {
          const { id, waiting } = found;
          const slot = free.pop() ?? 0;
          waiting.visibleAt = later(900_000);
          waiting.receives += 1;
          const ticket = { id, handle: id, hint: waiting.content };
          void work(slot, ticket).then((outcome) => {
            free.push(slot);
            if (outcome === 'done') queue.delete(id);
          });
        }
      };
      timers.push(setInterval(hand, 10));
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
