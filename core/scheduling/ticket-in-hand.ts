import { messageVisibilityMs } from './hold-times.ts';
import type { TaskQueues } from './task-queues.ts';
import type { Ticket, TicketOutcome } from './ticket.ts';

export interface TicketInHand {
  /** Hidden for a while and renewed, so that a lost worker's ticket is back as soon as its task. */
  hide(): Promise<void>;
  /** Work is left for later: the ticket comes again then; if it is spoken for already, another one does. */
  comeAgainIn(delayMs: number): Promise<void>;
  /** What to tell the queue at the end. */
  outcome(): TicketOutcome;
}

/** A worker may go on with more work than its ticket was for; each piece that it leaves for later needs a ticket. */
export function holdTicket(
  ticket: Ticket,
  provider: string,
  queues: Pick<TaskQueues, 'setTicketVisibility' | 'sendTickets'>,
): TicketInHand {
  let comesAgain = false;
  return {
    async hide() {
      if (!comesAgain) await queues.setTicketVisibility(provider, ticket.handle, messageVisibilityMs);
    },
    async comeAgainIn(delayMs) {
      if (comesAgain) return queues.sendTickets(provider, 1, delayMs);
      comesAgain = true;
      await queues.setTicketVisibility(provider, ticket.handle, delayMs);
    },
    outcome: () => (comesAgain ? 'again' : 'done'),
  };
}
