import type { CallDecision } from '../circuit-breaker/circuit-breaker.ts';
import type { Task, TaskInput, WaitReason } from '../tasks/task.ts';
import type { ClaimOutcome, TaskStore } from '../tasks/task-store.ts';
import { isInTicket, unpack } from './carried-tasks.ts';
import { type CircuitLook, heldUntilBy } from './circuit-look.ts';
import type { DoneMessages } from './done-messages.ts';
import type { Flights } from './flights.ts';
import { longestHiddenMs, rowLeaseMs } from './hold-times.ts';
import type { Settlement } from './settle-attempt.ts';
import type { Slots } from './slots.ts';
import { type TaskMessage, toQueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { TicketInHand } from './ticket-in-hand.ts';
import type { TokenCharge, TokenRate } from './token-rate.ts';
import { type TaskWaits, type TicketWaits, waitReasonOf } from './wait-reason.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

/** A claimed task with everything that its call needs. */
export interface AdmittedTask {
  task: Task;
  message: TaskMessage;
  input: TaskInput;
  charge: TokenCharge | undefined;
  waitedFor: WaitReason | null;
}

export type TaskAdmission =
  | { kind: 'admitted'; admitted: AdmittedTask }
  /** No call is made for it: the start is free for another task. `hasEnded`: the task was ended here, so it needs no ticket. */
  | { kind: 'next'; hasEnded?: boolean }
  /** Whoever ends what it waits for goes on with it: the ticket is used up. */
  | { kind: 'waits' }
  /** Message and ticket come again later. */
  | { kind: 'later' }
  /** The provider is not to be called now. `isOpen`: the task is still to be run. */
  | { kind: 'closed'; decision: Extract<CallDecision, { kind: 'wait' }>; isOpen: boolean };

export interface AdmitTaskOptions {
  provider: string;
  store: TaskStore;
  queues: TaskQueues;
  flights: Flights;
  slots: Slots;
  waiting: WaitingTasks;
  /** Task types with a limit of their own. */
  limitedTypes: Readonly<Record<string, number>>;
  tokens: TokenRate;
  settlement: Settlement;
  done: DoneMessages;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  onError: (error: unknown) => void;
}

/** A call that must wait longer for room under the tokens a minute leaves its slot to others. */
const longestSleepMs = 20_000;
/** After a read that failed. */
const tryAgainMs = 1_000;

/**
 * What a call needs beside its ticket's start, in this order, each put on the stack so that it is given back in reverse
 * unless the call is made:
 *
 * 1. The lead among equal tasks. Another leads: the task follows, and whoever leads ends it.
 * 2. A slot of its type. None is free: the task waits, and whoever frees one goes on with it.
 * 3. Its tokens. There is room in some seconds: it sleeps until then.
 * 4. The claim, which decides: everything before it may be wrong or repeated and does no harm. Beside it the look at the
 *    circuit, where that was closed a moment ago.
 */
export function createAdmitTask(options: AdmitTaskOptions) {
  const { provider, store, queues, flights, slots, waiting, tokens, settlement, done, clock } = options;
  const tolerate = (promise: Promise<unknown>) => promise.catch(options.onError);

  /** Who waits is found by its message, so a task that its ticket carries gets one; it is received again at once. */
  async function queueCarried(received: ReceivedTask, hand: TicketInHand): Promise<TaskAdmission> {
    await unpack(provider, received, hand, queues);
    return { kind: 'next' };
  }

  /** The task waits for its type. Undefined: a slot became free meanwhile, and is held. */
  async function waitForType(holder: string, received: ReceivedTask): Promise<TaskAdmission | undefined> {
    const { type, deadlineAt } = received.message;
    const entry = { provider, received };
    await waiting.add(type, entry);
    if ((await slots.waitForType(holder, type)) === 'held') {
      await waiting.remove(type, entry);
      return undefined;
    }
    // Last: a worker that dies before leaves a message that shows again and waits anew. Somebody may have run it already.
    const hideMs = Math.min(deadlineAt - clock(), longestHiddenMs);
    await tolerate(queues.setVisibility(provider, received, hideMs));
    return { kind: 'waits' };
  }

  async function later(received: ReceivedTask, hand: TicketInHand, delayMs: number): Promise<TaskAdmission> {
    await Promise.all([queues.setVisibility(provider, received, delayMs), hand.comeAgainIn(delayMs)]);
    return { kind: 'later' };
  }

  async function claim(
    received: ReceivedTask,
    holder: string,
    hand: TicketInHand,
    charge: TokenCharge | undefined,
    { ticket, task: taskWaits, circuit }: { ticket: TicketWaits; task: TaskWaits; circuit: CircuitLook },
  ): Promise<TaskAdmission> {
    const now = clock();
    const [looked, claimed, read] = await Promise.all([
      outcomeOf(circuit.decide()),
      store.claim(received.message, provider, holder, now, now + rowLeaseMs, isInTicket(received)),
      outcomeOf(store.readInput(received.message)),
    ]);
    const decision = looked.value;
    const closed = decision?.kind === 'wait' ? decision : undefined;
    if (claimed.kind !== 'claimed') {
      const admission = await leave(received, claimed, hand, now);
      return closed && admission.kind === 'next'
        ? { kind: 'closed', decision: closed, isOpen: false }
        : admission;
    }
    const { task } = claimed;
    if (closed || !decision || 'error' in read) {
      for (const { error } of [looked, read]) if (error !== undefined) options.onError(error);
      await tolerate(store.unclaim(task, clock()));
      return closed ? { kind: 'closed', decision: closed, isOpen: true } : later(received, hand, tryAgainMs);
    }
    // Only workers that died leave an attempt uncounted by a decision: a task that kills them must not go on for ever.
    if (task.providerAttempts > task.config.maxRetries + 1)
      await settlement.endUnrun(task, received, 'lost workers');
    else if (!read.value) await settlement.endUnrun(task, received, 'missing input');
    else {
      const ticketWaits = { ...ticket, heldUntil: heldUntilBy(decision, now) };
      const waitedFor = waitReasonOf(task, ticketWaits, taskWaits, now);
      return {
        kind: 'admitted',
        admitted: { task, message: received.message, input: read.value, charge, waitedFor },
      };
    }
    return { kind: 'next' };
  }

  /** What becomes of a message whose task is not to be run now, or not here. */
  async function leave(
    received: ReceivedTask,
    claimed: Exclude<ClaimOutcome, { kind: 'claimed' }>,
    hand: TicketInHand,
    now: number,
  ): Promise<TaskAdmission> {
    switch (claimed.kind) {
      case 'leased':
        await queues.setVisibility(provider, received, claimed.leaseUntil - now + tryAgainMs);
        return { kind: 'next' };
      case 'early':
        return later(received, hand, claimed.notBefore - now);
      case 'moved':
        // The failover died between its row and its message.
        await queues.enqueue([toQueuedTask(claimed.task, now)]);
        done.add(received);
        return { kind: 'next' };
      default:
        done.add(received);
        return { kind: 'next' };
    }
  }

  /** @param taken gets what is given back unless a call is made: where the task is admitted, the caller calls `move()` on it */
  return async function admitTask(
    received: ReceivedTask,
    holder: string,
    hand: TicketInHand,
    taken: AsyncDisposableStack,
    ticketWaits: TicketWaits,
    circuit: CircuitLook,
  ): Promise<TaskAdmission> {
    const { message } = received;
    if (message.deadlineAt <= clock()) {
      const hasEnded = await store.expire(message, clock());
      done.add(received);
      return { kind: 'next', hasEnded };
    }

    const boarding = await flights.board(received);
    if (boarding.kind === 'busy') return queueCarried(received, hand);
    if (boarding.kind === 'follows') return { kind: 'waits' };
    if (boarding.kind === 'hit') {
      // Received before, it followed: whoever led died before it ended those who did.
      const waitedFor = received.receiveCount > 1 ? 'equal_task' : null;
      const ending = await store.completeUnheld(message, boarding.result, waitedFor, clock());
      // Whoever led may have died before it ended those who followed: its own message, shown again, finds them.
      if (ending === 'ended' && message.cacheKey) await flights.endFollowers(message.cacheKey);
      // A message of a task that is being run is left to its worker.
      if (ending !== 'held') done.add(received);
      return { kind: 'next', hasEnded: ending === 'completed' };
    }
    taken.defer(() => tolerate(flights.release(message)).then(() => {}));

    if ((await slots.acquireType(holder, message.type, message.taskId)) === 'full') {
      if (isInTicket(received)) return queueCarried(received, hand);
      const waits = await waitForType(holder, received);
      if (waits) return waits;
    }

    const charge = await tokens.charge(message.estimatedTokens, clock());
    let sleptForTokens = false;
    if (charge) {
      taken.defer(() => tolerate(tokens.settle(charge, 0)).then(() => {}));
      const waitMs = charge.second * 1_000 - clock();
      if (waitMs > longestSleepMs) return later(received, hand, waitMs);
      if (waitMs > 0) {
        sleptForTokens = true;
        await options.sleep(waitMs);
      }
    }
    if (!(await slots.renewForCall(holder))) return later(received, hand, tryAgainMs);
    const taskWaits = {
      receiveCount: received.receiveCount,
      sleptForTokens,
      followed: boarding.followed,
      hasTypeLimit: options.limitedTypes[message.type] !== undefined,
      hasTokenRate: charge !== undefined,
    };
    return claim(received, holder, hand, charge, { ticket: ticketWaits, task: taskWaits, circuit });
  };
}

/** Of work that others beside it must not be left for. */
function outcomeOf<T>(work: Promise<T>): Promise<{ value?: T; error?: unknown }> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
