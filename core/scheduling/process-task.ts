import type { CallDecision, CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import { nextCandidate } from '../routing/next-candidate.ts';
import type { WaitReason } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { createAdmitTask, TaskAdmission } from './admit-task.ts';
import { goOnForMs, messageVisibilityMs } from './hold-times.ts';
import type { Found, NextUse } from './pass-on-slots.ts';
import { type PullOrderSettings, pullOrder, receiveMostUrgent } from './receive-most-urgent.ts';
import type { RequestRate } from './request-rate.ts';
import type { createRunAdmittedTask } from './run-admitted-task.ts';
import type { Slots } from './slots.ts';
import { takeStart } from './starts.ts';
import { toQueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket, TicketOutcome } from './ticket.ts';
import { holdTicket, type TicketInHand } from './ticket-in-hand.ts';
import type { TokenRate } from './token-rate.ts';
import type { TicketWaits } from './wait-reason.ts';
import type { WaitingTask, WaitingTasks } from './waiting-tasks.ts';

export interface ProcessTaskOptions {
  provider: string;
  order: PullOrderSettings;
  store: TaskStore;
  queues: TaskQueues;
  breaker: CircuitBreaker;
  requests: RequestRate;
  hasRequestRate: boolean;
  tokens: TokenRate;
  slots: Slots;
  waiting: WaitingTasks;
  admitTask: ReturnType<typeof createAdmitTask>;
  runAdmittedTask: ReturnType<typeof createRunAdmittedTask>;
  /** Lets a waiting task be received again, with a ticket. */
  wake: (waiting: WaitingTask, delayMs?: number) => Promise<void>;
  isEnabled: (provider: string) => boolean;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  random: () => number;
  makeHolder: () => string;
  /** Told of what went wrong beside the task and was tolerated: a lost renewal, a failed clean-up. */
  onError: (error: unknown) => void;
}

/** A ticket that waited so long was not the only one. */
const backlogMs = 250;
/** A ticket that finds only stale messages (cancelled, done, moved) gives up after so many. */
const staleMessagesPerTicket = 20;

type Waits = CallDecision & { kind: 'wait' };
/** `urgent`: instead of the task that the slots were kept for. */
type Use = NextUse & { urgent?: boolean };

/**
 * Uses one ticket. What a call needs is taken in this order, and given back in reverse whatever happens:
 *
 * 1. The circuit is closed, the provider asked for no pause. Else the ticket comes again when that is over.
 * 2. Slots of provider and service. Else the ticket is counted, and whoever frees one goes on or sends another.
 * 3. A start under the requests and tokens a minute. Else the ticket comes again at the time it was given.
 * 4. The most urgent task is received, and admitted (`admit-task.ts`): equal tasks, its type, its tokens, the claim.
 *
 * When the call has ended, the worker goes on with what waits for its slots. Nothing waits by asking again.
 */
export function createProcessTask(options: ProcessTaskOptions) {
  const { provider, store, queues, breaker, slots, waiting, clock } = options;
  const tolerate = (promise: Promise<unknown>) => promise.catch(options.onError).then(() => {});

  function receiveNext(ticket: Ticket): Promise<ReceivedTask | undefined> {
    const order = pullOrder(ticket.id, options.order);
    return receiveMostUrgent(queues, provider, ticket, order, messageVisibilityMs / 1000);
  }

  /** The provider is not to be called before `until`: tasks that may go elsewhere do, the rest waits with the ticket. */
  async function waitForCircuit(
    decision: Waits,
    received: ReceivedTask | undefined,
    hand: TicketInHand,
  ): Promise<void> {
    const now = clock();
    const delayMs = decision.until - now + options.random() * 200;
    if (!received) return hand.comeAgainIn(delayMs);
    const task = decision.failover ? await store.get(received.message) : undefined;
    const next = task && nextCandidate(task, (candidate) => options.isEnabled(candidate.provider));
    if (next && task.provider === provider && (await store.moveTo(task, next, null, null, now))) {
      await queues.enqueue([toQueuedTask({ ...task, provider: next.provider })]);
      return queues.delete(provider, received);
    }
    const untilDeadline = Math.max(received.message.deadlineAt - now, 0);
    await queues.setVisibility(provider, received, Math.min(delayMs, untilDeadline));
    await hand.comeAgainIn(Math.min(delayMs, untilDeadline));
  }

  /** Steps 3 and 4, and the call. `named`: the task to run, which waited for its type; else the most urgent is received. */
  async function useStart(
    holder: string,
    ticket: Ticket,
    hand: TicketInHand,
    named: ReceivedTask | undefined,
    before: Pick<TicketWaits, 'handedOn' | 'heldUntil'>,
    invocationEndsAt: number,
  ): Promise<Found> {
    await using taken = new AsyncDisposableStack();
    const start = await takeStart(options.requests, options.tokens, clock());
    if (start.kind !== 'start') {
      const delayMs = start.kind === 'wait' ? start.until - clock() : 0;
      // A parked ticket is sent again by a later start: the task must show by then.
      if (named) await queues.setVisibility(provider, named, delayMs);
      if (start.kind === 'wait') await hand.comeAgainIn(delayMs);
      return 'closed';
    }
    taken.defer(() => tolerate(start.giveBack()));
    const { hasRequestRate } = options;
    const waits: TicketWaits = { ...before, isPaced: start.isPaced, hasRequestRate, ticket };
    const early = start.at - clock();
    if (early > 0) await options.sleep(early);

    let hasSpareTicket = false;
    for (let seen = 0; seen < staleMessagesPerTicket; seen += 1) {
      const isNamed = named !== undefined && seen === 0;
      const received = isNamed ? named : await receiveNext(ticket);
      if (!received) return 'idle';
      const dropped = hasSpareTicket ? tolerate(dropTicket()) : undefined;
      const admission: TaskAdmission = await admit(received, holder, hand, waits);
      await dropped;
      if (admission.kind === 'later' || admission.kind === 'waits') return 'worked';
      if (admission.kind === 'admitted') {
        // From here on a call counts as made.
        taken.move();
        await options.runAdmittedTask(admission.admitted, { received, hand }, holder, invocationEndsAt);
        return 'worked';
      }
      if (isNamed) return 'worked';
      hasSpareTicket = admission.hasEnded === true;
    }
    await hand.comeAgainIn(0);
    return 'worked';
  }

  /** This one does the work of two: the other would start an invocation, and look for work in vain. */
  async function dropTicket(): Promise<void> {
    const other = await queues.receiveTicket(provider, messageVisibilityMs / 1000);
    if (other) await queues.deleteTicket(provider, other.handle);
  }

  async function admit(
    received: ReceivedTask,
    holder: string,
    hand: TicketInHand,
    waits: TicketWaits,
  ): Promise<TaskAdmission> {
    await using taken = new AsyncDisposableStack();
    const admission = await options.admitTask(received, holder, hand, taken, waits);
    if (admission.kind === 'admitted') taken.move();
    return admission;
  }

  /** One piece of work: with the ticket, or with what waited for the slots that are held. */
  async function work(
    use: Use | undefined,
    holder: string,
    ticket: Ticket,
    hand: TicketInHand,
    invocationEndsAt: number,
  ): Promise<Found> {
    const named = use?.kind === 'task' ? use.waiting.received : undefined;
    const [decision] = await Promise.all([
      breaker.check(provider, clock()),
      use?.kind === 'task' ? takeOver(use.waiting, hand) : undefined,
    ]);
    if (decision.kind === 'wait') {
      const mayMove = decision.failover && !named;
      const received = mayMove ? await receiveNext(ticket) : named;
      if (mayMove && !received) return 'idle';
      await waitForCircuit(decision, received, hand);
      return 'closed';
    }
    await using taken = new AsyncDisposableStack();
    // Does nothing when its call was recorded.
    if (decision.kind === 'probe') taken.defer(() => tolerate(breaker.releaseProbe(provider, clock())));
    if (!use && (await slots.acquire(holder)) === 'parked') return 'closed';
    // Awaited: else the probe would be given back before its call is made.
    const heldUntil = decision.kind === 'probe' ? clock() : (decision.heldUntil ?? 0);
    const before = { handedOn: handedOn(use, ticket), heldUntil };
    return await useStart(holder, ticket, hand, named, before, invocationEndsAt);
  }

  /** From now on it is as any received task: a lost worker's shows again, and nobody else goes on with it. */
  async function takeOver(task: WaitingTask, hand: TicketInHand): Promise<void> {
    await tolerate(queues.setVisibility(provider, task.received, messageVisibilityMs));
    // Whoever takes it too meanwhile finds the row claimed.
    hand.meanwhile(tolerate(waiting.remove(task.received.message.type, task)));
  }

  /** More urgent than a task that waited for its type is whatever waits in `high`. */
  async function findMoreUrgent({ received }: WaitingTask): Promise<ReceivedTask | undefined> {
    if (received.priority === 'high') return undefined;
    return queues.receive(provider, 'high', messageVisibilityMs / 1000, 0);
  }

  /** Uses a ticket, and then the slots that it took, for as long as something waits for them. */
  async function useTicket(
    ticket: Ticket,
    hand: TicketInHand,
    goOnUntil: number,
    invocationEndsAt: number,
  ): Promise<Found> {
    const holder = options.makeHolder();
    try {
      let use: Use | undefined;
      for (;;) {
        const piece: Found = await work(use, holder, ticket, hand, invocationEndsAt);
        const next = await slots.passOn(holder, piece);
        if (next.kind === 'none') return piece;
        if (next.kind === 'task') {
          const urgent = await findMoreUrgent(next.waiting);
          if (urgent) {
            const isOther = urgent.message.type !== next.waiting.received.message.type;
            if (isOther && !(await slots.releaseType(holder))) {
              await options.wake({ provider, received: urgent });
              return piece;
            }
            use = { kind: 'task', waiting: { provider, received: urgent }, urgent: true };
            continue;
          }
        }
        if (clock() > goOnUntil) {
          // A fresh invocation has its whole time before it.
          if (next.kind === 'task') await options.wake(next.waiting);
          else await hand.comeAgainIn(0);
          return piece;
        }
        use = next;
      }
    } finally {
      await tolerate(slots.release(holder));
    }
  }

  async function endTicket(ticket: Ticket, hand: TicketInHand, deletes: boolean): Promise<TicketOutcome> {
    const outcome = await hand.end();
    if (deletes && outcome === 'done') await tolerate(queues.deleteTicket(provider, ticket.handle));
    return outcome;
  }

  /** @param invocationEndsAt epoch ms at which the function is stopped */
  return async function processTask(first: Ticket, invocationEndsAt: number): Promise<TicketOutcome> {
    const goOnUntil = clock() + goOnForMs;
    const firstHand = holdTicket(first, provider, queues, options.onError);
    const hidden = tolerate(firstHand.hide());
    const ended: Promise<TicketOutcome>[] = [];
    let ticket = first;
    let hand = firstHand;
    try {
      for (;;) {
        const piece = await useTicket(ticket, hand, goOnUntil, invocationEndsAt);
        await hidden;
        // Where tickets wait, the next is taken at once instead of by another invocation.
        const goesOn = piece === 'worked' && (ticket.waitedMs ?? 0) >= backlogMs && clock() <= goOnUntil;
        const next = goesOn ? await queues.receiveTicket(provider, messageVisibilityMs / 1000) : undefined;
        // The first one's mapping deletes it only at the end, and until then it would show again.
        ended.push(endTicket(ticket, hand, ticket !== first || next !== undefined));
        if (!next) break;
        ticket = next;
        hand = holdTicket(next, provider, queues, options.onError);
      }
    } finally {
      // What is under way beside an error would be frozen with the environment.
      await Promise.all([...ended, hand.end()]);
    }
    const [outcome = 'done'] = await Promise.all(ended);
    return outcome;
  };
}

/** What waited for the slots that are used now; of a ticket's own first piece of work, what the one before it waited for. */
function handedOn(use: Use | undefined, ticket: Ticket): WaitReason | null {
  if (!use) return ticket.waitedFor ?? null;
  return use.kind === 'task' && !use.urgent ? 'type_slot' : 'slot';
}
