import type { Task, TaskError, TaskInput, TaskResult, TokenUsage } from '../tasks/task.ts';
import type { ChatDelta } from './chat.ts';
import type { ChatRequest } from './language-model.ts';
import type { ProviderFailure } from './provider-failure.ts';

/** How one attempt at a claimed task ended, and what is to be done next. */
export type AttemptOutcome =
  | { kind: 'completed'; result: TaskResult }
  | { kind: 'failed'; error: TaskError }
  /** Again at this provider, after the delay. */
  | { kind: 'retry'; error: TaskError; delayMs: number }
  /** At once at another provider of the task's ranking. */
  | { kind: 'failover'; error: TaskError; provider: string; model: string };

/** One attempt as it went: its calls, whatever came of them. */
export interface AttemptReport {
  outcome: AttemptOutcome;
  /** Of all calls that were made, as far as the provider told; undefined: it told nothing. */
  usage: TokenUsage | undefined;
  costUsd: number;
  /** Undefined: the provider answered. */
  failure: ProviderFailure | undefined;
  /** Milliseconds until the provider takes another call, where it said so with its answer. */
  holdBackMs: number | undefined;
  /** The provider's `x-ratelimit-*` headers, by name in lower case. */
  rateLimits?: Readonly<Record<string, string>> | undefined;
}

/** An attempt was cut off, and what its calls used by then nobody tells: it is estimated. `cause` is the signal's reason. */
export class CutOffAttempt extends Error {
  override readonly name = 'CutOffAttempt';
  /** Undefined: no call had begun. */
  readonly usage: TokenUsage | undefined;
  readonly costUsd: number;

  constructor(usage: TokenUsage | undefined, costUsd: number, cause?: unknown) {
    super('The attempt was cut off', { cause });
    this.usage = usage;
    this.costUsd = costUsd;
  }
}

/**
 * Runs one attempt: prompt, provider call, structured output. Throws CutOffAttempt alone, when `signal` is aborted.
 *
 * A task whose config has `stream: 'once'` ends with the failure of an attempt that told `onDelta` anything.
 *
 * @param beforeRepair awaited before a second call, which asks for a mended answer: the attempt's start is good for one
 * @param onDelta told of each piece of the answer as it comes
 */
export type RunAttempt = (
  task: Task,
  input: TaskInput,
  signal: AbortSignal,
  beforeRepair: (request: ChatRequest) => Promise<void>,
  onDelta?: (delta: ChatDelta) => void,
) => Promise<AttemptReport>;
