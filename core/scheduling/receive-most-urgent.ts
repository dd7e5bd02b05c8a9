import { type Priority, priorities } from '../tasks/task.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket } from './ticket.ts';

export interface PullOrderSettings {
  lowFirstEvery: number;
  normalFirstEvery: number;
}

/** The two turns are told by different digits of a ticket's id. */
const normalShift = 4096;

/**
 * High, normal, low; but one in n looks elsewhere first, chosen by the ticket's id, so that nothing starves.
 *
 * @param use the how-manieth of its ticket, from 0: a worker that goes on takes turns like as many tickets
 */
export function pullOrder(ticketId: string, settings: PullOrderSettings, use = 0): Priority[] {
  const start = Number.parseInt(ticketId.replaceAll('-', '').slice(0, 8), 16) || 0;
  const number = start + use * normalShift + use;
  const turn = (every: number, shift: number) => every > 0 && Math.floor(number / shift) % every === 0;
  if (turn(settings.lowFirstEvery, 1)) return ['low', 'high', 'normal'];
  if (turn(settings.normalFirstEvery, normalShift)) return ['normal', 'high', 'low'];
  return [...priorities];
}

/**
 * The most urgent message. Short polls first; since they ask only some of SQS's servers and can miss
 * ("Amazon SQS short and long polling", developer guide), empty is believed after one more pass of long polls.
 * `ownTicket` false: what a miss leaves has a ticket of its own, so that one pass is enough.
 */
export async function receiveMostUrgent(
  queues: TaskQueues,
  provider: string,
  ticket: Ticket,
  order: Priority[],
  visibilitySeconds: number,
  ownTicket = true,
): Promise<ReceivedTask | undefined> {
  const hinted = ticket.hint && order.includes(ticket.hint) ? ticket.hint : undefined;
  const second = hinted ? [hinted, ...order.filter((priority) => priority !== hinted)] : order;
  const passes = [[order, 0] as const, ...(ownTicket ? [[second, 1] as const] : [])];
  for (const [pass, waitSeconds] of passes)
    for (const priority of pass) {
      const found = await queues.receive(provider, priority, visibilitySeconds, waitSeconds);
      if (found) return found;
    }
  return undefined;
}
