import { messageVisibilityMs } from './hold-times.ts';
import type { TaskQueues } from './task-queues.ts';
import type { Ticket } from './ticket.ts';

/**
 * Tickets that nobody needs: a worker that takes a task without a ticket, or ends one without a call, does the work of the
 * ticket that was sent for it, and that would start an invocation in vain. Tickets are bound to nothing, so any one may go that
 * carries no task.
 */
export interface SpareTickets {
  /** One more ticket is spare. */
  add(): void;
  /** A ticket that was met and carries a task: while workers go on, nobody else comes to it. */
  takeCarrying(): Ticket | undefined;
  /** Takes the spare ones out of their queue, as far as they show: what is missed starts an invocation that finds nothing. */
  drop(): Promise<void>;
}

/** As many as one receive of SQS answers. */
const mostTogether = 10;

export function createSpareTickets(options: {
  provider: string;
  queues: Pick<TaskQueues, 'dropTickets' | 'setTicketVisibility'>;
  onError: (error: unknown) => void;
}): SpareTickets {
  const { provider, queues, onError } = options;
  let spare = 0;
  /** The first goes at once, and so do others while such tickets are met: what they carry is older than what waits behind them. */
  let enough = 1;
  let carrying: Ticket | undefined;
  let dropping: Promise<unknown> = Promise.resolve();

  async function dropNow(count: number): Promise<void> {
    const met = await queues.dropTickets(provider, count, messageVisibilityMs / 1000);
    // In place of each another is to go.
    spare += met.length;
    enough = met.length > 0 ? 1 : mostTogether;
    carrying ??= met.shift();
    await Promise.all(met.map(({ handle }) => queues.setTicketVisibility(provider, handle, 0)));
  }

  function takeMet(): Ticket | undefined {
    const ticket = carrying;
    carrying = undefined;
    return ticket;
  }

  const drop = () => {
    const count = spare;
    spare = 0;
    if (count > 0) dropping = Promise.all([dropping, dropNow(count).catch(onError)]);
    return dropping;
  };

  return {
    add() {
      spare += 1;
      if (spare >= enough) void drop();
    },
    takeCarrying() {
      const ticket = takeMet();
      // The next one is met while this is run.
      if (ticket && spare >= enough) void drop();
      return ticket;
    },
    async drop() {
      await drop();
      const ticket = takeMet();
      if (ticket) await queues.setTicketVisibility(provider, ticket.handle, 0).catch(onError);
    },
  };
}
