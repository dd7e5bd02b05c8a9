import { messageVisibilityMs } from './hold-times.ts';
import type { TaskQueues } from './task-queues.ts';

/**
 * Tickets that nobody needs: a worker that takes a task without a ticket, or ends one without a call, does the work of the
 * ticket that was sent for it, and that would start an invocation in vain. Tickets are bound to nothing, so any one may go.
 */
export interface SpareTickets {
  /** One more ticket is spare. */
  add(): void;
  /** Takes the spare ones out of their queue, as far as they show: what is missed starts an invocation that finds nothing. */
  drop(): Promise<void>;
}

/** As many as one receive of SQS answers. */
const mostTogether = 10;

export function createSpareTickets(options: {
  provider: string;
  queues: Pick<TaskQueues, 'dropTickets'>;
  onError: (error: unknown) => void;
}): SpareTickets {
  const { provider, queues, onError } = options;
  let spare = 0;
  let dropping: Promise<unknown> = Promise.resolve();
  const drop = () => {
    const count = spare;
    spare = 0;
    if (count > 0)
      dropping = Promise.all([
        dropping,
        queues.dropTickets(provider, count, messageVisibilityMs / 1000).catch(onError),
      ]);
    return dropping;
  };
  return {
    add() {
      spare += 1;
      if (spare >= mostTogether) void drop();
    },
    drop: async () => void (await drop()),
  };
}
