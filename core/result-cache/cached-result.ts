import type { TaskResult } from '../tasks/task.ts';

/** A kept result as a later, equal task gets it: nothing was called and nothing paid for it. */
export function asCachedResult(result: TaskResult): TaskResult {
  return { ...result, cached: true, costUsd: 0, latencyMs: 0 };
}
