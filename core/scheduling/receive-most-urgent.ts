import { type Priority, priorities } from '../tasks/task.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket } from './ticket.ts';

export interface PullOrderSettings {
  lowFirstEvery: number;
  normalFirstEvery: number;
}

/** High, normal, low; but one ticket in n looks elsewhere first, chosen by its id, so that nothing starves and nothing is counted. */
export function pullOrder(ticketId: string, settings: PullOrderSettings): Priority[] {
  const number = Number.parseInt(ticketId.replaceAll('-', '').slice(0, 8), 16) || 0;
  const turn = (every: number, shift: number) => every > 0 && Math.floor(number / shift) % every === 0;
  if (turn(settings.lowFirstEvery, 1)) return ['low', 'high', 'normal'];
  if (turn(settings.normalFirstEvery, 4096)) return ['normal', 'high', 'low'];
  return [...priorities];
}

/**
 * The most urgent message. Short polls first; since they ask only some of SQS's servers and can miss
 * ("Amazon SQS short and long polling", developer guide), empty is believed after one more pass of long polls.
 */
export async function receiveMostUrgent(
  queues: TaskQueues,
  provider: string,
  ticket: Ticket,
  order: Priority[],
  visibilitySeconds: number,
): Promise<ReceivedTask | undefined> {
  const hinted = ticket.hint && order.includes(ticket.hint) ? ticket.hint : undefined;
  const second = hinted ? [hinted, ...order.filter((priority) => priority !== hinted)] : order;
  for (const [pass, waitSeconds] of [[order, 0] as const, [second, 1] as const])
    for (const priority of pass) {
      const found = await queues.receive(provider, priority, visibilitySeconds, waitSeconds);
      if (found) return found;
    }
  return undefined;
}
