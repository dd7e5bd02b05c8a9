import type { QueuedTask } from '../../../core/scheduling/task-message.ts';
import type { ReceivedTask, TaskQueues } from '../../../core/scheduling/task-queues.ts';
import type { Ticket } from '../../../core/scheduling/ticket.ts';
import { type Priority, priorities, type WaitReason } from '../../../core/tasks/task.ts';

interface Stored<T> {
  content: T;
  sentAt: number;
  visibleAt: number;
  receives: number;
  /** SQS takes a change only by the handle of the last receive. */
  handle: string;
}

export interface MemoryQueues extends TaskQueues {
  /** The next ticket that shows, hidden as its event source mapping does. */
  takeTicket(provider: string): Ticket | undefined;
  finishTicket(provider: string, ticket: Ticket): void;
  /** Epoch ms of the next message or ticket that will show; Infinity without one. */
  nextVisibleAt(): number;
  /** Of every receive of a message: which it was, counted from one. */
  receiveCounts(): number[];
  /** Receives of the task's message that was received most often. */
  receivesOf(taskId: string): number;
  /** Messages of tasks that are still there. */
  taskMessages(provider: string): { taskId: string; visibleAt: number; priority: Priority }[];
  tickets(provider: string): number;
  deadMessages(provider: string): number;
  /** Loses every message, or every ticket, as a disaster would. */
  lose(what: 'tasks' | 'tickets', provider: string): void;
}

const mappingHidesMs = 960_000;

/** Task and ticket queues in memory that hide and show messages as SQS does, delays rounded up to whole seconds. */
export function createMemoryQueues(
  clock: () => number,
  maxReceives = Number.POSITIVE_INFINITY,
): MemoryQueues {
  const tasks = new Map<string, Stored<QueuedTask>>();
  const tickets = new Map<
    string,
    Stored<{
      provider: string;
      waitedFor?: WaitReason | undefined;
      carried?: Ticket['carried'];
      hasOthersBehind?: boolean;
    }>
  >();
  const dead = new Map<string, QueuedTask>();
  const receives: { taskId: string; count: number }[] = [];
  let numbered = 0;
  const nextId = () => {
    numbered += 1;
    return `m${numbered}`;
  };
  const later = (milliseconds: number) => clock() + Math.ceil(Math.max(milliseconds, 0) / 1000) * 1000;
  const byHandle = (handle: string) => {
    const [id] = handle.split(':');
    const found = tasks.get(id ?? '');
    return found?.handle === handle ? { id: id ?? '', found } : undefined;
  };
  const put = <T>(queue: Map<string, Stored<T>>, content: T, delayMs = 0) =>
    queue.set(nextId(), { content, sentAt: clock(), visibleAt: later(delayMs), receives: 0, handle: '' });
  const receive = <T>(queue: Map<string, Stored<T>>, fits: (content: T) => boolean, hideMs: number) => {
    for (const [id, stored] of queue) {
      if (stored.visibleAt > clock() || !fits(stored.content)) continue;
      stored.visibleAt = later(hideMs);
      stored.receives += 1;
      stored.handle = `${id}:${stored.receives}`;
      return { id, stored };
    }
    return undefined;
  };
  function takeTicket(provider: string, hideMs: number): Ticket | undefined {
    const found = receive(tickets, (ticket) => ticket.provider === provider, hideMs);
    if (!found) return undefined;
    const { handle, content, sentAt } = found.stored;
    // A ticket's id is random where it is SQS's, and decides which queue is looked into first.
    const { waitedFor, carried, hasOthersBehind } = content;
    return {
      id: found.id,
      handle,
      waitedFor,
      carried,
      hasOthersBehind,
      waitedMs: clock() - sentAt,
      receives: found.stored.receives,
    };
  }
  function deleteTicket(handle: string): void {
    const [id] = handle.split(':');
    if (tickets.get(id ?? '')?.handle === handle) tickets.delete(id ?? '');
  }
  /** What was received too often goes to the dead-letter queue instead of being received again. */
  const putAside = (fits: (task: QueuedTask) => boolean) => {
    for (const [id, { content, visibleAt, receives: count }] of tasks)
      if (count >= maxReceives && visibleAt <= clock() && fits(content)) {
        dead.set(id, content);
        tasks.delete(id);
      }
  };
  const counts = (stored: { visibleAt: number; receives: number }[]) => {
    const hidden = stored.filter(({ visibleAt }) => visibleAt > clock());
    return {
      visible: stored.length - hidden.length,
      inFlight: hidden.filter((each) => each.receives > 0).length,
      delayed: hidden.filter((each) => each.receives === 0).length,
    };
  };

  return {
    async enqueue(list) {
      for (const task of list) if (!task.isCarried) put(tasks, task, task.delayMs);
      for (const { provider, priority, message, delayMs, isCarried, hasOthersBehind = false } of list)
        put(
          tickets,
          { provider, hasOthersBehind, ...(isCarried && { carried: { message, priority } }) },
          delayMs,
        );
    },
    async sendMessage(task) {
      put(tasks, task, task.delayMs);
    },
    async sendTickets(provider, count, delayMs, waitedFor) {
      for (let sent = 0; sent < count; sent += 1) put(tickets, { provider, waitedFor }, delayMs);
    },
    async receive(provider, priority, visibilitySeconds): Promise<ReceivedTask | undefined> {
      const fits = (task: QueuedTask) => task.provider === provider && task.priority === priority;
      putAside(fits);
      const found = receive(tasks, fits, visibilitySeconds * 1000);
      if (!found) return undefined;
      const { handle, receives: receiveCount, content } = found.stored;
      receives.push({ taskId: content.message.taskId, count: receiveCount });
      return { message: content.message, priority, receiveCount, handle };
    },
    async deleteMany(list) {
      for (const { received } of list) {
        const found = byHandle(received.handle);
        if (found) tasks.delete(found.id);
      }
    },
    async setVisibility(_provider, { handle }, milliseconds) {
      const found = byHandle(handle);
      if (found) found.found.visibleAt = later(milliseconds);
    },
    async setTicketVisibility(_provider, handle, milliseconds) {
      const ticket = tickets.get(handle.split(':')[0] ?? '');
      if (ticket?.handle === handle) ticket.visibleAt = later(milliseconds);
    },
    async count(provider) {
      const of = (priority: Priority) =>
        counts(
          [...tasks.values()].filter(
            ({ content }) => content.provider === provider && content.priority === priority,
          ),
        );
      const own = [...tickets.values()].filter(({ content }) => content.provider === provider);
      return {
        tasks: Object.fromEntries(priorities.map((priority) => [priority, of(priority)])) as Record<
          Priority,
          ReturnType<typeof counts>
        >,
        tickets: counts(own),
      };
    },

    receiveDead: async (provider) =>
      [...dead]
        .filter(([, task]) => task.provider === provider)
        .slice(0, 10)
        .map(([handle, { message }]) => ({ message, handle })),
    async deleteDead(_provider, handle) {
      dead.delete(handle);
    },

    receiveTicket: async (provider, visibilitySeconds) => takeTicket(provider, visibilitySeconds * 1000),
    deleteTicket: async (_provider, handle) => deleteTicket(handle),
    async dropTickets(provider, count, visibilitySeconds) {
      const carrying: Ticket[] = [];
      for (let dropped = 0; dropped < Math.min(count, 10); dropped += 1) {
        const ticket = takeTicket(provider, visibilitySeconds * 1000);
        if (!ticket) break;
        if (ticket.carried) carrying.push(ticket);
        else deleteTicket(ticket.handle);
      }
      return carrying;
    },

    takeTicket: (provider) => takeTicket(provider, mappingHidesMs),
    finishTicket: (_provider, { handle }) => deleteTicket(handle),
    nextVisibleAt: () =>
      Math.min(...[...tasks.values(), ...tickets.values()].map(({ visibleAt }) => visibleAt)),
    receiveCounts: () => receives.map(({ count }) => count),
    receivesOf: (taskId) =>
      Math.max(0, ...receives.filter((each) => each.taskId === taskId).map(({ count }) => count)),
    taskMessages: (provider) =>
      [...tasks.values()]
        .filter(({ content }) => content.provider === provider)
        .map(({ content, visibleAt }) => ({
          taskId: content.message.taskId,
          priority: content.priority,
          visibleAt,
        })),
    tickets: (provider) =>
      [...tickets.values()].filter(({ content }) => content.provider === provider).length,
    deadMessages: (provider) => [...dead.values()].filter((task) => task.provider === provider).length,
    lose(what, provider) {
      const queue: Map<string, Stored<{ provider: string }>> = what === 'tasks' ? tasks : tickets;
      for (const [id, { content }] of queue) if (content.provider === provider) queue.delete(id);
    },
  };
}
