import type { AttemptReport, RunAttempt } from '../attempts/attempt.ts';
import type { ChatRequest } from '../attempts/language-model.ts';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import { estimateTextTokens, textOfMessages } from '../task-types/estimate-tokens.ts';
import type { Task } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { AdmittedTask } from './admit-task.ts';
import type { Flights } from './flights.ts';
import { holdLease } from './hold-lease.ts';
import { messageVisibilityMs, rowLeaseMs, wrapUpMs } from './hold-times.ts';
import type { LastWill } from './last-will.ts';
import type { RequestRate } from './request-rate.ts';
import type { MadeAttempt, Settlement } from './settle-attempt.ts';
import type { Slots } from './slots.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { TicketInHand } from './ticket-in-hand.ts';
import type { TokenCharge, TokenRate } from './token-rate.ts';

export interface RunAdmittedTaskOptions {
  provider: string;
  store: TaskStore;
  queues: TaskQueues;
  breaker: CircuitBreaker;
  requests: RequestRate;
  flights: Flights;
  slots: Slots;
  tokens: TokenRate;
  settlement: Settlement;
  lastWill: LastWill;
  runAttempt: RunAttempt;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  onError: (error: unknown) => void;
  /** Told of every call that failed. */
  onFailure: (failure: NonNullable<AttemptReport['failure']>) => void;
}

/** Makes the call of an admitted task while everything that it holds is renewed, and settles what came of it. */
export function createRunAdmittedTask(options: RunAdmittedTaskOptions) {
  const { provider, store, queues, breaker, requests, flights, slots, tokens, settlement, lastWill, clock } =
    options;
  const tolerate = (promise: Promise<unknown>) => promise.catch(options.onError);

  /**
   * Signing costs a millisecond, so only where a hang is likely: a schema of the caller's is held against the answer, or an
   * earlier attempt came to nothing. Any other task goes round once more.
   */
  const mayHang = ({ task, input }: AdmittedTask) => input.responseSchema !== undefined || task.attempts > 1;

  async function provideForHang(admitted: AdmittedTask, startedAt: number): Promise<void> {
    if (mayHang(admitted)) await lastWill.set(admitted.task, startedAt, admitted.waitedFor);
  }

  /** False: the row or the slots are another's. What only hides messages may fail: the claim decides. */
  async function renew(
    admitted: AdmittedTask,
    received: ReceivedTask,
    holder: string,
    hand: TicketInHand,
    startedAt: number,
  ): Promise<boolean> {
    const { task } = admitted;
    const [isRowHeld, areSlotsHeld] = await Promise.all([
      store.renewLease(task, task.attempts, clock() + rowLeaseMs),
      slots.renew(holder),
      tolerate(queues.setVisibility(provider, received, messageVisibilityMs)),
      tolerate(hand.hide()),
      tolerate(flights.renew(received)),
      tolerate(provideForHang(admitted, startedAt)),
    ]);
    return isRowHeld && areSlotsHeld;
  }

  /** Beside the row: the provider's health, equal tasks, and what was really used. None of it may lose the answer. */
  async function settleBeside(
    { outcome, usage, failure, holdBackMs }: AttemptReport,
    charges: readonly TokenCharge[],
    received: ReceivedTask,
  ): Promise<number> {
    const used = usage ? usage.promptTokens + usage.completionTokens : 0;
    const landing =
      outcome.kind === 'completed' ? flights.land(received, outcome.result) : flights.release(received);
    const [followers] = await Promise.all([
      landing.catch((error: unknown) => options.onError(error)),
      tolerate(
        failure
          ? breaker.recordFailure(provider, failure, clock())
          : breaker.recordSuccess(provider, clock(), holdBackMs),
      ),
      tolerate(settleTokens(charges, used)),
    ]);
    return followers ?? 0;
  }

  /** One after the other, since only the sum is told: what exceeds all charges is the last call's. */
  async function settleTokens(charges: readonly TokenCharge[], used: number): Promise<void> {
    let left = used;
    for (const [index, charge] of charges.entries()) {
      const own = index === charges.length - 1 ? left : Math.min(left, charge.tokens);
      left -= own;
      await tokens.settle(charge, own);
    }
  }

  /** A second call of an attempt counts as any other: it waits for a start and for its tokens. */
  async function chargeRepair(request: ChatRequest, task: Task, charges: TokenCharge[]): Promise<void> {
    for (let at = await requests.admit(clock()); at !== undefined; at = await requests.admit(clock()))
      await options.sleep(Math.max(0, at - clock()));
    const text = textOfMessages(request.messages);
    const most = estimateTextTokens(text) + (request.maxTokens ?? task.estimatedTokens);
    const charge = await tokens.charge(most, clock());
    if (!charge) return;
    charges.push(charge);
    await options.sleep(Math.max(0, charge.second * 1_000 - clock()));
  }

  return async function runAdmittedTask(
    admitted: AdmittedTask,
    received: ReceivedTask,
    holder: string,
    hand: TicketInHand,
    invocationEndsAt: number,
  ): Promise<void> {
    const { task, input, waitedFor } = admitted;
    const startedAt = clock();
    const hold = holdLease({
      deadlineInMs: task.deadlineAt - startedAt,
      invocationEndsInMs: invocationEndsAt - startedAt - wrapUpMs,
      isHeld: () => store.isHeld(task, task.attempts),
      renew: () => renew(admitted, received, holder, hand, startedAt),
      clock,
      onError: options.onError,
    });
    const charges = admitted.charge ? [admitted.charge] : [];
    const beforeRepair = (request: ChatRequest) => chargeRepair(request, task, charges);
    void tolerate(provideForHang(admitted, startedAt));
    const made: MadeAttempt = { task, received, hand, hold, startedAt, waitedFor };
    try {
      const report = await options
        .runAttempt(task, input, hold.signal, beforeRepair)
        .catch((error: unknown) => {
          if (hold.stopped() === undefined) throw error;
          return undefined;
        });
      if (!report) {
        // Of a call that was cut off nobody knows what it used: its charge stays.
        await Promise.all([
          tolerate(flights.release(received)),
          settlement.settleStopped(made, hold.stopped() ?? 'interrupted'),
        ]);
        return;
      }
      if (report.failure) options.onFailure(report.failure);
      // A renewal under way would undo what is done with the slots from here on.
      await hold.release();
      const besides = settleBeside(report, charges, received);
      const { cacheKey } = received.message;
      const settled = settlement.settle(made, report, async () => {
        const followers = await besides;
        if (cacheKey !== null && followers > 0 && report.outcome.kind === 'completed')
          await flights.endFollowers(cacheKey);
      });
      // The next call may start meanwhile, but must see what this one told of the provider.
      if (report.failure || report.holdBackMs !== undefined) await settled;
      else hand.meanwhile(settled);
    } finally {
      await hold.release();
      if (mayHang(admitted)) lastWill.clear(task);
    }
  };
}
