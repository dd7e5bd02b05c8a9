import type { ProviderState } from '../providers/provider-states.ts';
import { priorities, type Task } from '../tasks/task.ts';
import { messageVisibilityMs } from './hold-times.ts';
import { type QueuedTask, toQueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket } from './ticket.ts';
import type { TicketInHand } from './ticket-in-hand.ts';

// Where nothing waits, the order in which tasks go is no question: a task then travels in its ticket, without a message of its
// own that would be sent, received and deleted. It has to wait only where whoever sent it was mistaken; what is more urgent
// then goes first, and where it waits for anything but its turn it gets a message, and waits as any other.

/** Where tasks may travel in their tickets. */
export interface CarryRules {
  /** Provider → calls at once. Those not named hold tickets back by more than that. */
  concurrency: Readonly<Record<string, number>>;
  /** Their slots are waited for by name. */
  limitedTypes: readonly string[];
}

/** So many rounds of calls may be before a task that is carried: more is a backlog. */
const mostRounds = 2;
/** Faster calls are held up by everything else. */
const shortestCallMs = 50;
/** A ticket that was not used at once has others before it, perhaps more urgent ones. */
const longestWaitMs = 250;
/** In place of a receipt handle. */
const handle = 'in-ticket';

/** Tasks before a new one, as far as can be known: those that were counted, less what was done since if all was well. */
function countAhead({ queued, processing, latencyMs, countedAt }: ProviderState, limit: number, now: number) {
  const callMs = latencyMs && Math.max(latencyMs.p50, shortestCallMs);
  const done = callMs ? ((now - countedAt) / callMs) * limit : 0;
  return Math.max(0, queued.high + queued.normal + queued.low + processing - done);
}

/**
 * What is to be sent of new tasks. They travel in their tickets where there is room for all of a provider's: else some wait, and
 * those that travelled would be met between them by chance.
 *
 * @param states as they were before these tasks
 */
export function createNewQueue(
  states: ReadonlyMap<string, ProviderState>,
  { concurrency, limitedTypes }: CarryRules,
  now: number,
) {
  const room = new Map<string, number>();
  for (const [provider, state] of states) {
    const limit = concurrency[provider] ?? 0;
    room.set(provider, mostRounds * limit - countAhead(state, limit, now));
  }

  function queueOwn(provider: string, tasks: readonly Task[]): QueuedTask[] {
    const hasRoom = tasks.length <= (room.get(provider) ?? 0);
    // What is urgent is looked for by every ticket that had to wait: it must be where they look.
    const isCarried = ({ priority, type }: Task) =>
      hasRoom && priority !== 'high' && !limitedTypes.includes(type);
    return tasks.map((task) => ({
      ...toQueuedTask(task),
      ...(isCarried(task) && { isCarried: true }),
      ...(!hasRoom && tasks.length > 1 && { hasOthersBehind: true }),
    }));
  }

  return (tasks: readonly Task[]): QueuedTask[] =>
    [...Map.groupBy(tasks, ({ provider }) => provider)].flatMap(([provider, own]) => queueOwn(provider, own));
}

export const isInTicket = (received: ReceivedTask) => received.handle === handle;

/** The task of a ticket, as if it had been received. */
export function receiveCarried({ carried, receives = 1 }: Ticket): ReceivedTask | undefined {
  return carried && { ...carried, receiveCount: receives, handle };
}

/** What is more urgent than the task of a ticket: asked for only where that had to wait. */
export async function findMoreUrgent(
  provider: string,
  received: ReceivedTask,
  { waitedMs = 0, receives = 1 }: Ticket,
  queues: Pick<TaskQueues, 'receive'>,
): Promise<ReceivedTask | undefined> {
  if (waitedMs < longestWaitMs && receives === 1) return undefined;
  for (const priority of priorities.slice(0, priorities.indexOf(received.priority))) {
    const found = await queues.receive(provider, priority, messageVisibilityMs / 1_000, 0);
    if (found) return found;
  }
  return undefined;
}

/** The task of a ticket goes into its queue, and the ticket becomes as any other. */
export async function unpack(
  provider: string,
  task: Pick<QueuedTask, 'message' | 'priority'>,
  hand: TicketInHand,
  queues: Pick<TaskQueues, 'sendMessage'>,
): Promise<void> {
  await queues.sendMessage({ provider, message: task.message, priority: task.priority });
  hand.replace();
}
