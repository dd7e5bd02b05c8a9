import { goOnForMs, messageVisibilityMs } from './hold-times.ts';
import type { Found } from './pass-on-slots.ts';
import { createSpareTickets } from './spare-tickets.ts';
import { createTakeWork, type Right, type TakeWorkOptions, type Use } from './take-work.ts';
import type { ReceivedTask } from './task-queues.ts';
import type { Ticket, TicketOutcome } from './ticket.ts';
import { holdTicket, type TicketInHand } from './ticket-in-hand.ts';
import type { WaitingTask } from './waiting-tasks.ts';

export interface ProcessTaskOptions extends TakeWorkOptions {
  /** Lets a waiting task be received again, with a ticket. */
  wake: (waiting: WaitingTask, delayMs?: number) => Promise<void>;
  makeHolder: () => string;
}

/** A ticket that waited so long was not the only one. */
const backlogMs = 250;
/** Uses tickets: takes work by each (`take-work.ts`), and goes on with what waits for the slots that it has then. */
export function createProcessTask(options: ProcessTaskOptions) {
  const { provider, queues, slots, clock } = options;
  const tolerate = (promise: Promise<unknown>) => promise.catch(options.onError).then(() => {});
  const takeWork = createTakeWork(options);
  /** By anything but the number of executions. */
  const isHeldBack = options.hasRequestRate || options.parksTickets;

  /** More urgent than a task that waited for its type is whatever waits in `high`. */
  async function findUrgent({ received }: WaitingTask): Promise<ReceivedTask | undefined> {
    if (received.priority === 'high') return undefined;
    return queues.receive(provider, 'high', messageVisibilityMs / 1000, 0);
  }

  /** Uses a right, and then the slots that it took, for as long as something waits for them. */
  async function useRight(right: Right, goOnUntil: number): Promise<Found> {
    const holder = options.makeHolder();
    const { hand } = right;
    try {
      let piece = await takeWork(undefined, holder, right);
      // The ticket of what was found is still in its queue, or of what is left for later there are two.
      if (piece !== 'idle') right.useUp();
      for (;;) {
        const next = await slots.passOn(holder, piece);
        if (next.kind === 'none') return piece;
        const urgent = next.kind === 'task' ? await findUrgent(next.waiting) : undefined;
        if (next.kind === 'task' && urgent) {
          const isOther = urgent.message.type !== next.waiting.received.message.type;
          if (isOther && !(await slots.releaseType(holder))) {
            await options.wake({ provider, received: urgent });
            return piece;
          }
        } else if (clock() > goOnUntil) {
          // A fresh invocation has its whole time before it.
          if (next.kind === 'task') await options.wake(next.waiting);
          else await hand.comeAgainIn(0);
          return piece;
        }
        const use: Use = urgent
          ? { kind: 'task', waiting: { provider, received: urgent }, urgent: true }
          : next;
        piece = await takeWork(use, holder, { ...right, isOwn: true });
      }
    } finally {
      await tolerate(slots.release(holder));
    }
  }

  /**
   * Where a ticket may be put off though work waits, going on takes one: else there would be more of them each time. What
   * tickets carry is not among the messages, so one that was met goes first.
   */
  async function nextRight(right: Right, hand: TicketInHand, waitedMs: number): Promise<Right | undefined> {
    const use = right.use + 1;
    const ticket = isHeldBack
      ? await queues.receiveTicket(provider, messageVisibilityMs / 1000)
      : right.spare.takeCarrying();
    if (ticket)
      return {
        ...right,
        ticket,
        hand: holdTicket(ticket, provider, queues, options.onError),
        isOwn: true,
        use,
        useUp() {},
      };
    if (isHeldBack) return undefined;
    const { id, handle } = right.ticket;
    let isUsedUp = false;
    const useUp = () => {
      if (!isUsedUp) right.spare.add();
      isUsedUp = true;
    };
    return { ...right, ticket: { id, handle, waitedMs, receives: 1 }, hand, isOwn: false, use, useUp };
  }

  const hasOthersBehind = (ticket: Ticket) =>
    (ticket.waitedMs ?? 0) >= backlogMs || (ticket.hasOthersBehind === true && !isHeldBack);

  async function endTicket({ ticket, hand }: Right): Promise<void> {
    if ((await hand.end()) === 'done') await tolerate(queues.deleteTicket(provider, ticket.handle));
  }

  /**
   * Uses a ticket, and goes on while work waits behind others: where nothing but executions is limited, without their
   * tickets, which are then spare.
   *
   * @param invocationEndsAt epoch ms at which the function is stopped
   */
  return async function processTask(first: Ticket, invocationEndsAt: number): Promise<TicketOutcome> {
    const startedAt = clock();
    const goOnUntil = startedAt + goOnForMs;
    const hand = holdTicket(first, provider, queues, options.onError);
    const spare = createSpareTickets(options);
    const ended: Promise<void>[] = [];
    let right: Right = { ticket: first, hand, isOwn: true, use: 0, spare, useUp() {}, invocationEndsAt };
    try {
      for (;;) {
        const piece = await useRight(right, goOnUntil);
        const waitedMs = (first.waitedMs ?? 0) + clock() - startedAt;
        const goesOn = piece === 'worked' && hasOthersBehind(right.ticket) && clock() <= goOnUntil;
        const next = goesOn ? await nextRight(right, hand, waitedMs) : undefined;
        // Its mapping deletes the first at the end.
        if (right.hand !== hand) ended.push(endTicket(right));
        if (!next) break;
        right = next;
      }
    } catch (error) {
      await tolerate(right.hand.comeAgainIn(messageVisibilityMs));
      throw error;
    } finally {
      // What is under way beside an error would be frozen with the environment.
      await Promise.all([...ended, hand.end(), right.hand.end()]);
      await Promise.all([options.done.flush(), spare.drop()]);
    }
    return hand.end();
  };
}
