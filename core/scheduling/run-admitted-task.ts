import { combineSinks } from '../answers/combine-sinks.ts';
import type { DeltaSink } from '../answers/delta-sink.ts';
import { logWhenFollowed } from '../answers/log-when-followed.ts';
import type { ListenerSink } from '../answers/tell-listeners.ts';
import { type AttemptReport, CutOffAttempt, type RunAttempt } from '../attempts/attempt.ts';
import type { ChatRequest } from '../attempts/language-model.ts';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import { estimateTextTokens, textOfMessages } from '../task-types/estimate-tokens.ts';
import type { Task, TaskKey } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { AdmittedTask } from './admit-task.ts';
import type { Flights } from './flights.ts';
import { holdLease } from './hold-lease.ts';
import { messageVisibilityMs, rowLeaseMs, wrapUpMs } from './hold-times.ts';
import type { LastWill } from './last-will.ts';
import type { RequestRate } from './request-rate.ts';
import type { MadeAttempt, QueuedAttempt, Settlement } from './settle-attempt.ts';
import type { Slots } from './slots.ts';
import type { TaskMessage } from './task-message.ts';
import type { TaskQueues } from './task-queues.ts';
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
  /** Where the pieces of a streamed answer go, for whoever waits elsewhere. */
  logDeltas: (key: TaskKey, attempt: number, neededUntil?: number) => DeltaSink;
  /** Where they go for whoever listens over a WebSocket; undefined: there is none. */
  tellListeners: (task: Task) => ListenerSink | undefined;
  runAttempt: RunAttempt;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  onError: (error: unknown) => void;
  /** Told of every call that failed. */
  onFailure: (failure: NonNullable<AttemptReport['failure']>) => void;
}

/** How a task came to the worker whose call is made now. */
export type Origin =
  /** By a message and a ticket. */
  | QueuedAttempt
  /**
   * By somebody who waits for the answer. `claimed` resolves when the row is written and claimed, which is done beside the
   * call; rejected, the call is given up. `onReport` is told of what came of the call before that is stored.
   */
  | { claimed: Promise<void>; deltas: DeltaSink; onReport(report: AttemptReport): void };

/** A caller who reads along and has gone away ends the call: this often it is looked whether the task was cancelled. */
const lookAtStreamsEveryMs = 1_000;

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
    queued: QueuedAttempt | undefined,
    holder: string,
    startedAt: number,
  ): Promise<boolean> {
    const { task } = admitted;
    const [isRowHeld, areSlotsHeld] = await Promise.all([
      store.renewLease(task, task.attempts, clock() + rowLeaseMs),
      slots.renew(holder),
      queued && tolerate(queues.setVisibility(provider, queued.received, messageVisibilityMs)),
      tolerate(flights.renew(admitted.message)),
      tolerate(provideForHang(admitted, startedAt)),
    ]);
    return isRowHeld && areSlotsHeld;
  }

  /** Beside the row: the provider's health, equal tasks, and what was really used. None of it may lose the answer. */
  async function settleBeside(
    { outcome, usage, failure, holdBackMs }: AttemptReport,
    charges: readonly TokenCharge[],
    message: TaskMessage,
  ): Promise<number> {
    const used = usage ? usage.promptTokens + usage.completionTokens : 0;
    const landing =
      outcome.kind === 'completed' ? flights.land(message, outcome.result) : flights.release(message);
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

  /** Answers the task as it is afterwards; undefined: it is gone, or it came by a message and is settled beside what comes next. */
  return async function runAdmittedTask(
    admitted: AdmittedTask,
    origin: Origin,
    holder: string,
    invocationEndsAt: number,
  ): Promise<Task | undefined> {
    const { task, message, input, waitedFor } = admitted;
    const queued = 'received' in origin ? origin : undefined;
    const startedAt = clock();
    const own = sinkFor(task, origin);
    // A call that is not streamed from its start on cannot be listened to later.
    const listeners = own || task.listened ? options.tellListeners(task) : undefined;
    if (task.listened) listeners?.listen();
    // Of a direct call whose caller comes back by another connection.
    const late = own && !queued ? logWhenFollowed(() => options.logDeltas(task, task.attempts)) : undefined;
    const hold = holdLease({
      deadlineInMs: task.deadlineAt - startedAt,
      invocationEndsInMs: invocationEndsAt - startedAt - wrapUpMs,
      ...(task.config.stream && { lookEveryMs: lookAtStreamsEveryMs }),
      isHeld: async () => {
        const seen = await store.look(task, task.attempts);
        if (seen === 'listened') {
          listeners?.listen();
          late?.follow();
        }
        return seen !== 'lost';
      },
      renew: () => renew(admitted, queued, holder, startedAt),
      clock,
      onError: options.onError,
    });
    const claimed = 'claimed' in origin ? origin.claimed : undefined;
    claimed?.catch(() => hold.stop('lost'));
    const deltas = combineSinks(own, late, listeners);
    const charges = admitted.charge ? [admitted.charge] : [];
    const beforeRepair = (request: ChatRequest) => chargeRepair(request, task, charges);
    void tolerate(provideForHang(admitted, startedAt));
    const made: MadeAttempt = { task, queued, hold, startedAt, waitedFor };
    try {
      const report = await options
        .runAttempt(task, input, hold.signal, beforeRepair, deltas && ((delta) => deltas.take(delta)))
        .catch((error: unknown) => {
          if (hold.stopped() === undefined) throw error;
          return error instanceof CutOffAttempt ? error : new CutOffAttempt(undefined, 0, error);
        });
      await Promise.all([claimed, deltas?.end()]);
      if (report instanceof CutOffAttempt) {
        // Nobody knows what it used: its charge stays.
        const [stopped] = await Promise.all([
          settlement.settleStopped(made, hold.stopped() ?? 'interrupted', report),
          tolerate(flights.release(message)),
        ]);
        return stopped;
      }
      if ('claimed' in origin) origin.onReport(report);
      if (report.failure) options.onFailure(report.failure);
      // A renewal under way would undo what is done with the slots from here on.
      await hold.release();
      const besides = settleBeside(report, charges, message);
      const { cacheKey } = message;
      const settled = settlement.settle(made, report, async () => {
        const followers = await besides;
        if (cacheKey !== null && followers > 0 && report.outcome.kind === 'completed')
          await flights.endFollowers(cacheKey);
      });
      // The next call may start meanwhile, but must see what this one told of the provider.
      if (!queued || report.failure || report.holdBackMs !== undefined) return await settled;
      queued.hand.meanwhile(settled);
      return undefined;
    } finally {
      await hold.release();
      if (mayHang(admitted)) lastWill.clear(task);
    }
  };

  function sinkFor(task: Task, origin: Origin): DeltaSink | undefined {
    if (!task.config.stream) return undefined;
    if ('deltas' in origin) return origin.deltas;
    const neededUntil = task.config.stream === 'kept' ? task.deadlineAt : undefined;
    return options.logDeltas(task, task.attempts, neededUntil);
  }
}
