import type { Ticket, TicketOutcome } from '../../core/scheduling/ticket.ts';
import type { MemoryQueues } from '../../test/fakes/scheduling/memory-queues.ts';

type UseTicket = (ticket: Ticket, invocationEndsAt: number) => Promise<TicketOutcome>;

const lookEveryMs = 10;
const invocationMs = 900_000;

/** Hands the tickets of a provider to its workers, each of which uses one at a time, as its event source mapping does. */
export function serveTickets(
  queues: MemoryQueues,
  provider: string,
  workers: readonly UseTicket[],
): { stop(): Promise<void> } {
  const free = [...workers];
  const running = new Set<Promise<void>>();
  async function use(worker: UseTicket, ticket: Ticket): Promise<void> {
    try {
      const outcome = await worker(ticket, Date.now() + invocationMs);
      if (outcome === 'done') queues.finishTicket(provider, ticket);
    } catch (error) {
      console.error(error);
    } finally {
      free.push(worker);
    }
  }
  const looking = setInterval(() => {
    while (free.length > 0) {
      const ticket = queues.takeTicket(provider);
      const worker = ticket && free.pop();
      if (!ticket || !worker) return;
      const invocation = use(worker, ticket).finally(() => running.delete(invocation));
      running.add(invocation);
    }
  }, lookEveryMs);
  return {
    /** A worker that ended the last task may still clear up. */
    async stop() {
      clearInterval(looking);
      await Promise.all(running);
    },
  };
}
