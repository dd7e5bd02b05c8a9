import type { ProviderState } from '../providers/provider-states.ts';
import type { Task } from '../tasks/task.ts';
import { type QueuedTask, toQueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket } from './ticket.ts';
import type { TicketInHand } from './ticket-in-hand.ts';

// Where nothing waits, the order in which tasks go is no question: a task then travels in its ticket, without a message of its
// own that would be sent, received and deleted. As soon as anything is in its way it gets one, and waits as any other.

/** Where tasks may travel in their tickets. */
export interface CarryRules {
  /** Provider → most tasks that wait and run there while others are sent so; those not named hold work back by more than that. */
  mostAhead: Readonly<Record<string, number>>;
  /** Their slots are waited for by name. */
  limitedTypes: readonly string[];
}

/** A ticket that was not used at once has others before it, perhaps more urgent ones. */
const longestWaitMs = 250;
/** In place of a receipt handle. */
const handle = 'in-ticket';

/** What is to be sent of new tasks. @param states as they were before these tasks */
export function createNewQueue(states: ReadonlyMap<string, ProviderState>, rules: CarryRules) {
  const room = new Map<string, number>();
  for (const [provider, { queued, processing }] of states) {
    const ahead = queued.high + queued.normal + queued.low + processing;
    room.set(provider, (rules.mostAhead[provider] ?? 0) - ahead);
  }

  function isCarried({ provider, priority, type }: Task): boolean {
    const left = room.get(provider) ?? 0;
    room.set(provider, left - 1);
    // What is urgent is looked for by every ticket that had to wait: it must be where they look.
    return left > 0 && priority !== 'high' && !rules.limitedTypes.includes(type);
  }

  return (task: Task): QueuedTask => ({ ...toQueuedTask(task), ...(isCarried(task) && { isCarried: true }) });
}

export const isInTicket = (received: ReceivedTask) => received.handle === handle;

/** The task of a ticket that is used at once, as if it had been received; undefined: it is to get a message first. */
export function receiveCarried({ carried, waitedMs = 0, receives = 1 }: Ticket): ReceivedTask | undefined {
  if (!carried || waitedMs >= longestWaitMs || receives > 1) return undefined;
  return { ...carried, receiveCount: receives, handle };
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
