import type { TaskResult } from '../tasks/task.ts';

/** A cached result as a later, equal task gets it: no call was made or paid for. */
export function asCachedResult(result: TaskResult): TaskResult {
  return { ...result, cached: true, costUsd: 0, latencyMs: 0 };
}
