import { lookEveryMs, messageVisibilityMs, renewEveryMs } from './hold-times.ts';
import type { TaskQueues } from './task-queues.ts';
import type { Ticket, TicketOutcome } from './ticket.ts';

export interface TicketInHand {
  /** Work is left for later: the ticket comes again then; if it is spoken for already, another one does. */
  comeAgainIn(delayMs: number): Promise<void>;
  /** Work on which the next call need not wait. Where it fails, a ticket comes again when the task's message may show. */
  meanwhile(work: Promise<unknown>): void;
  /** It is not to come again itself: another ticket does in its place. */
  replace(): void;
  /** When all of that is done: what to tell the queue. */
  end(): Promise<TicketOutcome>;
}

/**
 * A worker may go on with more work than its ticket was for; each piece that it leaves for later needs a ticket.
 *
 * Its mapping hides a ticket for longer than the longest invocation. One that is in use for a while is hidden for a short
 * time only, and again and again, so that a lost worker's ticket is back as soon as its task; most calls are over before
 * that, and what dies before it leaves evidence for the sweeper.
 */
export function holdTicket(
  ticket: Ticket,
  provider: string,
  queues: Pick<TaskQueues, 'setTicketVisibility' | 'sendTickets'>,
  onError: (error: unknown) => void,
): TicketInHand {
  let comesAgain = false;
  let isReplaced = false;
  let hiding: Promise<void> = Promise.resolve();
  const underWay: Promise<void>[] = [];

  function hide(): void {
    hiding = queues.setTicketVisibility(provider, ticket.handle, messageVisibilityMs).catch(onError);
    timer = setTimeout(hide, renewEveryMs);
  }
  let timer = setTimeout(hide, lookEveryMs);

  /** A change of visibility under way would undo what is set afterwards. */
  async function stopHiding(): Promise<void> {
    clearTimeout(timer);
    await hiding;
  }

  async function comeAgainIn(delayMs: number): Promise<void> {
    if (comesAgain || isReplaced) return queues.sendTickets(provider, 1, delayMs);
    comesAgain = true;
    await stopHiding();
    await queues.setTicketVisibility(provider, ticket.handle, delayMs);
  }

  return {
    comeAgainIn,
    meanwhile(work) {
      const told = work.then(
        () => {},
        async (error: unknown) => {
          onError(error);
          await comeAgainIn(messageVisibilityMs).catch(onError);
        },
      );
      underWay.push(told);
    },
    replace() {
      isReplaced = true;
    },
    async end() {
      await Promise.all(underWay);
      await stopHiding();
      return comesAgain ? 'again' : 'done';
    },
  };
}
