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

/**
 * So many are dropped together, more the longer a worker goes on: what is left when the work ends starts invocations in vain,
 * each of which waits a second, and ten are what one receive of SQS answers.
 */
const together = [1, 3, 5, 10];

export function createSpareTickets(options: {
  provider: string;
  queues: Pick<TaskQueues, 'dropTickets' | 'setTicketVisibility'>;
  onError: (error: unknown) => void;
}): SpareTickets {
  const { provider, queues, onError } = options;
  let spare = 0;
  /** Begins anew while tickets are met that carry a task: what they carry is older than what waits behind them. */
  let drops = 0;
  const enough = () => together[Math.min(drops, together.length - 1)] ?? 1;
  let carrying: Ticket | undefined;
  let dropping: Promise<unknown> = Promise.resolve();

  async function dropNow(count: number): Promise<void> {
    drops += 1;
    const met = await queues.dropTickets(provider, count, messageVisibilityMs / 1000);
    // In place of each another is to go.
    spare += met.length;
    if (met.length > 0) drops = 0;
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
      if (spare >= enough()) void drop();
    },
    takeCarrying() {
      const ticket = takeMet();
      // The next one is met while this is run.
      if (ticket && spare >= enough()) void drop();
      return ticket;
    },
    async drop() {
      await drop();
      const ticket = takeMet();
      if (ticket) await queues.setTicketVisibility(provider, ticket.handle, 0).catch(onError);
    },
  };
}
