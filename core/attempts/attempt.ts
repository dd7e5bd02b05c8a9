import type { Task, TaskError, TaskInput, TaskResult } from '../tasks/task.ts';

/** How one attempt at a claimed task ended, and what is to be done next. */
export type AttemptOutcome =
  | { kind: 'completed'; result: TaskResult }
  | { kind: 'failed'; error: TaskError }
  /** Again at this provider, after the delay. */
  | { kind: 'retry'; error: TaskError; delayMs: number }
  /** At once at another provider of the task's ranking. */
  | { kind: 'failover'; error: TaskError; provider: string; model: string };

/** Runs one attempt: prompt, provider call, structured output, cache, breaker. Never throws but on an abort of `signal`. */
export type RunAttempt = (task: Task, input: TaskInput, signal: AbortSignal) => Promise<AttemptOutcome>;
