import { longestWaitBeforeFailoverMs, nextCandidate } from '../routing/next-candidate.ts';
import type { Task, TaskError } from '../tasks/task.ts';
import type { AttemptOutcome } from './attempt.ts';
import type { ProviderFailure } from './provider-failure.ts';

/** Full jitter: a delay anywhere between zero and a bound that doubles with each attempt. */
const firstDelayMs = 1_000;
const longestDelayMs = 30_000;

/** No attempt is begun with less time than this left before the deadline. */
const shortestAttemptMs = 250;

/**
 * What follows from a failed attempt: another one here after a delay, one at the next provider at once, or
 * the end. `task.providerAttempts` counts the failed attempt; `config.maxRetries` does not count the first.
 *
 * @param random 0 (inclusive) to 1 (exclusive)
 */
export function decideAfterFailure(
  task: Pick<
    Task,
    'provider' | 'model' | 'routing' | 'config' | 'providerAttempts' | 'attempts' | 'deadlineAt'
  >,
  failure: ProviderFailure,
  routes: Routes,
  now: number,
  random: number,
): AttemptOutcome {
  const error = describe(task, failure);
  if (failure.next === 'never') return { kind: 'failed', error };

  const delayMs = failure.retryAfter ?? Math.round(random * jitterBound(task.providerAttempts));
  const mayRepeat = failure.retryable && task.providerAttempts <= task.config.maxRetries;
  const hasTime = now + delayMs + shortestAttemptMs < task.deadlineAt;
  const next =
    now + shortestAttemptMs < task.deadlineAt ? nextCandidate(task, suits(task, failure, routes)) : undefined;
  const wouldRather = failure.next === 'failover' || delayMs > longestWaitBeforeFailoverMs;

  if (next && (wouldRather || !mayRepeat || !hasTime))
    return { kind: 'failover', error, provider: next.provider, model: next.model };
  if (mayRepeat && hasTime) return { kind: 'retry', error, delayMs };
  return { kind: 'failed', error: finalError(task, failure, error, mayRepeat) };
}

/** Where a task may go. */
export interface Routes {
  /** One that a deployment removed is not. */
  isEnabled: (provider: string) => boolean;
  /** Tokens that a model takes; undefined: not known. */
  contextWindow: (provider: string, model: string) => number | undefined;
}

/** A request that is too long goes only where there is more room. */
function suits(
  { provider, model }: Pick<Task, 'provider' | 'model'>,
  failure: ProviderFailure,
  { isEnabled, contextWindow }: Routes,
): (candidate: { provider: string; model: string }) => boolean {
  const told = [contextWindow(provider, model), failure.contextWindow].filter(
    (window) => window !== undefined,
  );
  const tooSmall = failure.kind === 'too_long' && told.length > 0 ? Math.min(...told) : 0;
  return (candidate) =>
    isEnabled(candidate.provider) &&
    (contextWindow(candidate.provider, candidate.model) ?? Number.POSITIVE_INFINITY) > tooSmall;
}

function jitterBound(attempts: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 20));
}

function describe(task: Pick<Task, 'provider'>, failure: ProviderFailure): TaskError {
  const { code } = failure;
  return {
    code: code as TaskError['code'],
    message: failure.message,
    provider: task.provider,
    retryable: failure.retryable,
    ...(failure.answer && { answer: shorten(failure.answer) }),
  };
}

/** Characters of an answer that a failed task shows: enough to see what the model did, far below the bound of an event. */
const shownAnswer = 2_000;

function shorten(answer: string): string {
  return answer.length > shownAnswer ? `${answer.slice(0, shownAnswer)}…` : answer;
}

function finalError(
  task: Pick<Task, 'attempts'>,
  failure: ProviderFailure,
  error: TaskError,
  mayRepeat: boolean,
): TaskError {
  if (!failure.retryable) return error;
  if (mayRepeat)
    return {
      ...error,
      code: 'timeout',
      message: `The task's time ends before its next attempt: ${error.message}`,
    };
  const attempts = task.attempts === 1 ? '1 attempt' : `${task.attempts} attempts`;
  return { ...error, code: 'retries_exhausted', message: `Gave up after ${attempts}: ${error.message}` };
}
