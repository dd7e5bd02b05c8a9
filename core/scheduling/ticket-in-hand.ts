import { messageVisibilityMs } from './hold-times.ts';
import type { TaskQueues } from './task-queues.ts';
import type { Ticket, TicketOutcome } from './ticket.ts';

export interface TicketInHand {
  /** Hidden for a while and renewed, so that a lost worker's ticket is back as soon as its task. */
  hide(): Promise<void>;
  /** Work is left for later: the ticket comes again then; if it is spoken for already, another one does. */
  comeAgainIn(delayMs: number): Promise<void>;
  /** Work on which the next call need not wait. Where it fails, the ticket comes again, for what is left of it. */
  meanwhile(work: Promise<unknown>): void;
  /** When all of that is done: what to tell the queue. */
  end(): Promise<TicketOutcome>;
}

/** A worker may go on with more work than its ticket was for; each piece that it leaves for later needs a ticket. */
export function holdTicket(
  ticket: Ticket,
  provider: string,
  queues: Pick<TaskQueues, 'setTicketVisibility' | 'sendTickets'>,
  onError: (error: unknown) => void,
): TicketInHand {
  let comesAgain = false;
  const underWay: Promise<void>[] = [];
  return {
    async hide() {
      if (!comesAgain) await queues.setTicketVisibility(provider, ticket.handle, messageVisibilityMs);
    },
    async comeAgainIn(delayMs) {
      if (comesAgain) return queues.sendTickets(provider, 1, delayMs);
      comesAgain = true;
      await queues.setTicketVisibility(provider, ticket.handle, delayMs);
    },
    meanwhile(work) {
      const told = work.then(
        () => {},
        (error: unknown) => {
          comesAgain = true;
          onError(error);
        },
      );
      underWay.push(told);
    },
    async end() {
      await Promise.all(underWay);
      return comesAgain ? 'again' : 'done';
    },
  };
}
