import type { RunAttempt } from '../attempts/attempt.ts';
import type { CallDecision, CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import type { FlightOutcome, ResultCache } from '../result-cache/result-cache.ts';
import { nextCandidate } from '../routing/next-candidate.ts';
import type { Task, TaskError, TaskInput, TaskResult } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { holdLease } from './hold-lease.ts';
import { messageVisibilityMs, rowLeaseMs, wrapUpMs } from './hold-times.ts';
import { type PullOrderSettings, pullOrder, receiveMostUrgent } from './receive-most-urgent.ts';
import type { RequestRate } from './request-rate.ts';
import { createSettlement } from './settle-attempt.ts';
import type { Slots } from './slots.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { Ticket, TicketOutcome } from './ticket.ts';
import type { TokenRate } from './token-rate.ts';

export interface ProcessTaskOptions {
  provider: string;
  order: PullOrderSettings;
  store: TaskStore;
  queues: TaskQueues;
  breaker: CircuitBreaker;
  cache: ResultCache;
  requestRate: RequestRate;
  slots: Slots;
  tokens: TokenRate;
  runAttempt: RunAttempt;
  clock: () => number;
  random: () => number;
  /** Told of what went wrong beside the task and was tolerated: a lost renewal, a failed clean-up. */
  onError: (error: unknown) => void;
}

/** A ticket that finds only stale messages (cancelled, done, moved) gives up after so many. */
const staleMessagesPerTicket = 20;
/** A receive may wait for seconds, and meanwhile the provider may have asked not to be called: an older yes is asked for again. */
const decisionFreshMs = 50;

/**
 * Uses one ticket: receives the most urgent task of the provider and runs one attempt at it. Whatever is postponed
 * is postponed together with its ticket, by visibility; nothing is sent again to the queue it came from.
 */
export function createProcessTask(options: ProcessTaskOptions) {
  const { provider, store, queues, breaker, cache, requestRate, slots, tokens, clock, onError } = options;
  const { settle, settleStopped, postpone, postponeTicket, forward } = createSettlement(options);
  const jitter = (milliseconds: number) => milliseconds * (0.5 + options.random());
  const tolerate = (promise: Promise<unknown>) => promise.catch(onError);

  /** The provider is not to be called now. True: the message is dealt with, the ticket may look for another. */
  async function avoidProvider(
    received: ReceivedTask,
    decision: CallDecision & { kind: 'wait' },
  ): Promise<boolean> {
    if (!decision.failover) return false;
    const task = await store.get(received.message);
    const next = task && nextCandidate(task);
    if (!task || !next || task.provider !== provider) return false;
    if (await store.moveTo(task, next.provider, next.model, null, clock()))
      await forward({ ...task, provider: next.provider }, received);
    return true;
  }

  async function run(
    ticket: Ticket,
    received: ReceivedTask,
    task: Task,
    input: TaskInput,
    invocationEndsAt: number,
  ): Promise<TicketOutcome> {
    const now = clock();
    const hold = holdLease({
      deadlineInMs: task.deadlineAt - now,
      invocationEndsInMs: invocationEndsAt - now - wrapUpMs,
      isHeld: () => store.isHeld(task, task.attempts),
      renew: () => renew(ticket, received, task),
      onError,
    });
    let used = 0;
    try {
      const outcome = await options.runAttempt(task, input, hold.signal);
      if (outcome.kind === 'completed') used = totalTokens(outcome.result);
      return await settle(ticket, received, task, outcome);
    } catch (error) {
      const reason = hold.stopped();
      if (!reason) throw error;
      return await settleStopped(ticket, received, task, reason);
    } finally {
      hold.release();
      await tolerate(tokens.settle(task.estimatedTokens, used));
    }
  }

  async function renew(ticket: Ticket, received: ReceivedTask, task: Task): Promise<boolean> {
    const now = clock();
    const [held] = await Promise.all([
      store.renewLease(task, task.attempts, now + rowLeaseMs),
      queues.setVisibility(provider, received, messageVisibilityMs),
      queues.setTicketVisibility(provider, ticket.handle, messageVisibilityMs),
      slots.renew(ticket.id),
      task.cacheKey && cache.join(task.cacheKey, task.taskId, now, now + messageVisibilityMs),
    ]);
    return held;
  }

  /** Undefined: the message was a stale message, look for another. */
  async function tryTask(
    ticket: Ticket,
    received: ReceivedTask,
    decision: CallDecision,
    invocationEndsAt: number,
  ): Promise<TicketOutcome | undefined> {
    const { message } = received;
    const now = clock();
    if (message.deadlineAt <= now) {
      await store.expire(message, now);
      await queues.delete(provider, received);
      return undefined;
    }
    if (decision.kind === 'wait') {
      if (await avoidProvider(received, decision)) return undefined;
      return postpone(ticket, received, Math.min(decision.until, message.deadlineAt) - now + jitter(200));
    }
    if (!(await slots.acquireType(ticket.id, message))) {
      const growing = Math.min(1_000 * 2 ** (received.receiveCount - 1), 8_000);
      return postpone(ticket, received, jitter(growing));
    }
    const flight = await joinFlight(message.cacheKey, message.taskId, now);
    if (flight.kind === 'busy') return postpone(ticket, received, 1_000);
    const tokensAt = flight.kind === 'hit' ? undefined : await tokens.take(message.estimatedTokens, now);
    if (tokensAt !== undefined) {
      if (message.cacheKey) await tolerate(cache.release(message.cacheKey, message.taskId));
      return postpone(ticket, received, tokensAt - now + jitter(500));
    }
    const [claim, input] = await Promise.all([
      store.claim(message, provider, now, now + rowLeaseMs),
      store.readInput(message),
    ]);
    if (claim.kind === 'claimed' && flight.kind === 'hit')
      return settle(ticket, received, claim.task, { kind: 'completed', result: flight.result });
    const spent = claim.kind === 'claimed' && claim.task.providerAttempts > claim.task.config.maxRetries + 1;
    if (claim.kind === 'claimed' && input && !spent)
      return run(ticket, received, claim.task, input, invocationEndsAt);

    // It is not to be run after all: release what was taken for it.
    if (flight.kind === 'leader' && message.cacheKey)
      await tolerate(cache.release(message.cacheKey, message.taskId));
    if (flight.kind !== 'hit') await tolerate(tokens.settle(message.estimatedTokens, 0));
    if (claim.kind === 'claimed') {
      // Only workers that died leave an attempt uncounted by a decision: a task that kills them must not go on for ever.
      const error: TaskError = spent
        ? {
            code: 'retries_exhausted',
            message: 'Every worker that ran the task was lost',
            provider,
            retryable: true,
          }
        : { code: 'internal', message: 'The input of the task is missing', provider: null, retryable: false };
      return settle(ticket, received, claim.task, { kind: 'failed', error });
    }
    if (claim.kind === 'leased')
      await queues.setVisibility(provider, received, claim.leaseUntil - now + 1_000);
    else if (claim.kind === 'moved') await forward(claim.task, received);
    else await queues.delete(provider, received);
    return undefined;
  }

  async function joinFlight(cacheKey: string | null, taskId: string, now: number): Promise<FlightOutcome> {
    return cacheKey ? cache.join(cacheKey, taskId, now, now + messageVisibilityMs) : { kind: 'leader' };
  }

  /** @param held resolves when the ticket is hidden; to be awaited before it is postponed for another time */
  async function useTurn(
    ticket: Ticket,
    held: Promise<unknown>,
    invocationEndsAt: number,
  ): Promise<TicketOutcome> {
    const order = pullOrder(ticket.id, options.order);
    let checkedAt = 0;
    const decide = () => {
      checkedAt = clock();
      const decision = breaker.check(provider, checkedAt);
      decision.catch(() => {}); // awaited below; a failed receive must not leave it unhandled
      return decision;
    };
    let deciding: Promise<CallDecision> | undefined;
    for (let seen = 0; seen < staleMessagesPerTicket; seen += 1) {
      deciding ??= decide();
      const [received] = await Promise.all([
        receiveMostUrgent(queues, provider, ticket, order, messageVisibilityMs / 1000),
        held,
      ]);
      if (received && (await deciding).kind === 'allowed' && clock() - checkedAt > decisionFreshMs)
        deciding = decide();
      const decision = await deciding;
      const outcome = received ? await tryTask(ticket, received, decision, invocationEndsAt) : 'done';
      if (decision.kind === 'probe') {
        // One that made a call has settled the probe; without a call it is another's.
        await tolerate(breaker.releaseProbe(provider, clock()));
        deciding = undefined;
      }
      if (outcome) return outcome;
    }
    return postponeTicket(ticket, 0);
  }

  /** @param invocationEndsAt epoch ms at which the function is stopped */
  return async function processTask(ticket: Ticket, invocationEndsAt: number): Promise<TicketOutcome> {
    // Held briefly and renewed, so that a lost worker's ticket is back as soon as its task.
    const held = tolerate(queues.setTicketVisibility(provider, ticket.handle, messageVisibilityMs));
    const startAt = await requestRate.admit(clock());
    if (startAt !== undefined) {
      await held;
      return postponeTicket(ticket, startAt - clock());
    }
    try {
      if (!(await slots.acquire(ticket.id))) {
        await Promise.all([held, requestRate.release()]);
        return await postponeTicket(ticket, jitter(1_000));
      }
      return await useTurn(ticket, held, invocationEndsAt);
    } finally {
      await tolerate(slots.release(ticket.id));
    }
  };
}

function totalTokens(result: TaskResult): number {
  return result.cached ? 0 : result.usage.promptTokens + result.usage.completionTokens;
}
