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
  task: Pick<Task, 'provider' | 'routing' | 'config' | 'providerAttempts' | 'attempts' | 'deadlineAt'>,
  failure: ProviderFailure,
  isEnabled: (provider: string) => boolean,
  now: number,
  random: number,
): AttemptOutcome {
  const error = describe(task, failure);
  if (failure.next === 'never') return { kind: 'failed', error };

  const delayMs = failure.retryAfter ?? Math.round(random * jitterBound(task.providerAttempts));
  const mayRepeat = failure.retryable && task.providerAttempts <= task.config.maxRetries;
  const hasTime = now + delayMs + shortestAttemptMs < task.deadlineAt;
  const next = now + shortestAttemptMs < task.deadlineAt ? nextCandidate(task, isEnabled) : undefined;
  const wouldRather = failure.next === 'failover' || delayMs > longestWaitBeforeFailoverMs;

  if (next && (wouldRather || !mayRepeat || !hasTime))
    return { kind: 'failover', error, provider: next.provider, model: next.model };
  if (mayRepeat && hasTime) return { kind: 'retry', error, delayMs };
  return { kind: 'failed', error: finalError(task, failure, error, mayRepeat) };
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
