import type { CallDecision, CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import { nextCandidate } from '../routing/next-candidate.ts';
import type { WaitReason } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { createAdmitTask, TaskAdmission } from './admit-task.ts';
import { findMoreUrgent, isInTicket, receiveCarried, unpack } from './carried-tasks.ts';
import { type CircuitLook, lookAtCircuit } from './circuit-look.ts';
import type { DoneMessages } from './done-messages.ts';
import { messageVisibilityMs } from './hold-times.ts';
import type { Found, NextUse } from './pass-on-slots.ts';
import {
  type EmptySince,
  type PullOrderSettings,
  pullOrder,
  receiveMostUrgent,
  receiveNextUrgent,
} from './receive-most-urgent.ts';
import type { RequestRate } from './request-rate.ts';
import type { createRunAdmittedTask } from './run-admitted-task.ts';
import type { Slots } from './slots.ts';
import type { SpareTickets } from './spare-tickets.ts';
import { takeStart } from './starts.ts';
import { toQueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket } from './ticket.ts';
import type { TicketInHand } from './ticket-in-hand.ts';
import type { TokenRate } from './token-rate.ts';
import type { TicketWaits } from './wait-reason.ts';
import type { WaitingTask, WaitingTasks } from './waiting-tasks.ts';

export interface TakeWorkOptions {
  provider: string;
  order: PullOrderSettings;
  store: TaskStore;
  queues: TaskQueues;
  breaker: CircuitBreaker;
  requests: RequestRate;
  hasRequestRate: boolean;
  /** Whether tickets may be used up by what is full, and counted: slots, tokens a minute. */
  parksTickets: boolean;
  tokens: TokenRate;
  slots: Slots;
  waiting: WaitingTasks;
  admitTask: ReturnType<typeof createAdmitTask>;
  runAdmittedTask: ReturnType<typeof createRunAdmittedTask>;
  done: DoneMessages;
  isEnabled: (provider: string) => boolean;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  random: () => number;
  /** Told of what went wrong beside the task and was tolerated: a lost renewal, a failed clean-up. */
  onError: (error: unknown) => void;
}

/** By what a worker looks for work. */
export interface Right {
  ticket: Ticket;
  hand: TicketInHand;
  /** False: the ticket is used up, and the worker goes on with what waits behind others. Each such task has a ticket of its own. */
  isOwn: boolean;
  /** So many times the ticket was used before. */
  use: number;
  spare: SpareTickets;
  /** A task was found by it: the one's own ticket is spare, if this right has none. Any further call does nothing. */
  useUp(): void;
  /** Epoch ms at which the function is stopped. */
  invocationEndsAt: number;
}

/** A ticket that finds only stale messages (cancelled, done, moved) gives up after so many. */
const staleMessagesPerTicket = 20;

type Waits = CallDecision & { kind: 'wait' };
/** What slots are used for. `urgent`: instead of the task that the slots were kept for. */
export type Use = NextUse & { urgent?: boolean };

/**
 * One piece of work: with a ticket, or with what waited for the slots that are held. What a call needs is taken in this order,
 * and given back in reverse whatever happens:
 *
 * 1. The circuit is closed, the provider asked for no pause. Else the ticket comes again when that is over. Where it was so a
 *    moment ago, and no ticket may be used up in between, this is looked at only beside the claim.
 * 2. Slots of provider and service. Else the ticket is counted, and whoever frees one goes on or sends another.
 * 3. A start under the requests and tokens a minute. Else the ticket comes again at the time it was given.
 * 4. The most urgent task is received, and admitted (`admit-task.ts`): equal tasks, its type, its tokens, the claim.
 *
 * Nothing waits by asking again. When the call has ended, the worker goes on (`process-task.ts`).
 */
export function createTakeWork(options: TakeWorkOptions) {
  const { provider, store, queues, breaker, slots, waiting, clock } = options;
  const tolerate = (promise: Promise<unknown>) => promise.catch(options.onError).then(() => {});
  const emptySince: EmptySince = new Map();

  /** The task that the ticket carries. It is queued where the ticket may be used up before it is run. */
  async function openTicket({ ticket, hand }: Right): Promise<ReceivedTask | undefined> {
    const received = receiveCarried(ticket);
    if (!received || !options.parksTickets) return received;
    await unpack(provider, received, hand, queues);
    return undefined;
  }

  /** A task that came with its ticket lets more urgent ones go first: the ticket comes again for it. */
  async function letUrgentGoFirst(named: ReceivedTask, { ticket, hand }: Right): Promise<ReceivedTask> {
    if (!isInTicket(named)) return named;
    const urgent = await findMoreUrgent(provider, named, ticket, queues);
    if (urgent) await hand.comeAgainIn(0);
    return urgent ?? named;
  }

  function receiveNext({ ticket, hand, isOwn, use }: Right): Promise<ReceivedTask | undefined> {
    const order = pullOrder(ticket.id, options.order, use);
    const hideSeconds = messageVisibilityMs / 1000;
    return isOwn
      ? receiveMostUrgent(queues, provider, order, hideSeconds, hand)
      : receiveNextUrgent(queues, provider, order, hideSeconds, hand, emptySince, clock);
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
      return options.done.add(received);
    }
    const untilDeadline = Math.max(received.message.deadlineAt - now, 0);
    await queues.setVisibility(provider, received, Math.min(delayMs, untilDeadline));
    await hand.comeAgainIn(Math.min(delayMs, untilDeadline));
  }

  /**
   * Steps 3 and 4, and the call. `named`: the task to run, which waited for its type or came with the ticket; else the most
   * urgent is received.
   */
  async function useStart(
    holder: string,
    right: Right,
    named: ReceivedTask | undefined,
    handedOn: WaitReason | null,
    circuit: CircuitLook,
  ): Promise<Found> {
    const { ticket, hand } = right;
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
    // Until when the circuit held it back is told by the look.
    const waits: TicketWaits = { handedOn, heldUntil: 0, isPaced: start.isPaced, hasRequestRate, ticket };
    const early = start.at - clock();
    if (early > 0) await options.sleep(early);

    for (let seen = 0; seen < staleMessagesPerTicket; seen += 1) {
      const isNamed = named !== undefined && seen === 0;
      const received = isNamed ? await letUrgentGoFirst(named, right) : await receiveNext(right);
      if (!received) return 'idle';
      const admission: TaskAdmission = await admit(received, holder, hand, waits, circuit);
      if (admission.kind === 'closed') {
        await waitForCircuit(admission.decision, admission.isOpen ? received : undefined, hand);
        return 'closed';
      }
      if (admission.kind === 'later' || admission.kind === 'waits') return 'worked';
      if (admission.kind === 'admitted') {
        // From here on a call counts as made.
        taken.move();
        right.useUp();
        const origin = { received, hand };
        await options.runAdmittedTask(admission.admitted, origin, holder, right.invocationEndsAt);
        return 'worked';
      }
      if (isNamed && (!isInTicket(received) || admission.hasEnded)) return 'worked';
      // This right does the work of two.
      if (admission.hasEnded) right.spare.add();
    }
    await hand.comeAgainIn(0);
    return 'worked';
  }

  async function admit(
    received: ReceivedTask,
    holder: string,
    hand: TicketInHand,
    waits: TicketWaits,
    circuit: CircuitLook,
  ): Promise<TaskAdmission> {
    await using taken = new AsyncDisposableStack();
    const admission = await options.admitTask(received, holder, hand, taken, waits, circuit);
    if (admission.kind === 'admitted') taken.move();
    return admission;
  }

  /** From now on it is as any received task: a lost worker's shows again, and nobody else goes on with it. */
  async function takeOver(task: WaitingTask, hand: TicketInHand): Promise<void> {
    await tolerate(queues.setVisibility(provider, task.received, messageVisibilityMs));
    // Whoever takes it too meanwhile finds the row claimed.
    hand.meanwhile(tolerate(waiting.remove(task.received.message.type, task)));
  }

  return async function takeWork(use: Use | undefined, holder: string, right: Right): Promise<Found> {
    const { ticket, hand } = right;
    const carried = use ? undefined : await openTicket(right);
    const named = use?.kind === 'task' ? use.waiting.received : undefined;
    const circuit = lookAtCircuit(breaker, provider, clock);
    const looksWell = !options.parksTickets && breaker.looksWell(provider, clock());
    const [decision] = await Promise.all([
      looksWell ? undefined : circuit.decide(),
      use?.kind === 'task' ? takeOver(use.waiting, hand) : undefined,
    ]);
    if (decision?.kind === 'wait') {
      if (carried) await unpack(provider, carried, hand, queues);
      const mayMove = decision.failover && !named;
      const received = mayMove ? await receiveNext(right) : named;
      if (mayMove && !received) return 'idle';
      await waitForCircuit(decision, received, hand);
      return 'closed';
    }
    await using taken = new AsyncDisposableStack();
    taken.defer(() => tolerate(circuit.release()));
    if (!use && (await slots.acquire(holder)) === 'parked') return 'closed';
    // Awaited: else the probe would be given back before its call is made.
    return await useStart(holder, right, named ?? carried, handedOn(use, ticket), circuit);
  };
}

/** What waited for the slots that are used now; of a ticket's own first piece of work, what the one before it waited for. */
function handedOn(use: Use | undefined, ticket: Ticket): WaitReason | null {
  if (!use) return ticket.waitedFor ?? null;
  return use.kind === 'task' && !use.urgent ? 'type_slot' : 'slot';
}
