import { type Priority, priorities } from '../tasks/task.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { TicketInHand } from './ticket-in-hand.ts';

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
  const start = Number.parseInt(ticketId.slice(0, 8), 16) || 0;
  const number = start + use * normalShift + use;
  const turn = (every: number, shift: number) => every > 0 && Math.floor(number / shift) % every === 0;
  if (turn(settings.lowFirstEvery, 1)) return ['low', 'high', 'normal'];
  if (turn(settings.normalFirstEvery, normalShift)) return ['normal', 'high', 'low'];
  return [...priorities];
}

/** When (epoch ms) each queue was found empty by an environment. */
export type EmptySince = Map<Priority, number>;

/** Workers of one environment that go on look so often at a queue that they found empty. */
const lookAgainMs = 100;

/**
 * The most urgent message. Short polls first; since they ask only some of SQS's servers and can miss
 * ("Amazon SQS short and long polling", developer guide), empty is believed after a long poll of each queue. These are made
 * beside each other: an execution that waits in vain is one that nobody else has.
 *
 * @param hand keeps the invocation until every poll has ended: what one brings later is put back
 */
export async function receiveMostUrgent(
  queues: Pick<TaskQueues, 'receive' | 'setVisibility'>,
  provider: string,
  order: Priority[],
  visibilitySeconds: number,
  hand: Pick<TicketInHand, 'meanwhile'>,
): Promise<ReceivedTask | undefined> {
  for (const priority of order) {
    const found = await queues.receive(provider, priority, visibilitySeconds, 0);
    if (found) return found;
  }
  const first = Promise.withResolvers<ReceivedTask>();
  let isFound = false;
  // Each is waited for, whatever another one fails with: it may bring a task.
  const polls = Promise.allSettled(
    order.map(async (priority) => {
      const found = await queues.receive(provider, priority, visibilitySeconds, 1);
      if (found && isFound) return queues.setVisibility(provider, found, 0);
      if (!found) return;
      isFound = true;
      first.resolve(found);
    }),
  ).then((ended) => {
    for (const poll of ended) if (poll.status === 'rejected') throw poll.reason;
    return undefined;
  });
  const found = await Promise.race([first.promise, polls]);
  if (found) hand.meanwhile(polls);
  return found;
}

/**
 * The same for a worker that goes on without a ticket: what a short poll misses has a ticket of its own, so one pass is
 * enough; and where many go on beside each other, a queue that was empty a moment ago is not asked again. One that was
 * empty when it was last asked is asked beside the next: what this one had is put back where both had something.
 */
export async function receiveNextUrgent(
  queues: Pick<TaskQueues, 'receive' | 'setVisibility'>,
  provider: string,
  order: Priority[],
  visibilitySeconds: number,
  hand: Pick<TicketInHand, 'meanwhile'>,
  emptySince: EmptySince,
  clock: () => number,
): Promise<ReceivedTask | undefined> {
  async function ask(priority: Priority): Promise<ReceivedTask | undefined> {
    const found = await queues.receive(provider, priority, visibilitySeconds, 0);
    if (found) emptySince.delete(priority);
    else emptySince.set(priority, clock());
    return found;
  }
  const left = order.filter((priority) => clock() - (emptySince.get(priority) ?? 0) >= lookAgainMs);
  while (left.length > 0) {
    const likely = left.findIndex((priority) => !emptySince.has(priority));
    const together = left.splice(0, likely < 0 ? left.length : likely + 1);
    const answers = await Promise.allSettled(together.map(ask));
    const [found, ...others] = answers.flatMap((answer) =>
      answer.status === 'fulfilled' && answer.value ? [answer.value] : [],
    );
    for (const other of others) hand.meanwhile(queues.setVisibility(provider, other, 0));
    for (const answer of answers) {
      if (answer.status === 'fulfilled') continue;
      // It may have received one, which the ticket comes again for.
      if (!found) throw answer.reason;
      hand.meanwhile(Promise.reject(answer.reason));
    }
    if (found) return found;
  }
  return undefined;
}
