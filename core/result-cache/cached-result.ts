import type { Task, TaskResult } from '../tasks/task.ts';

/** A cached result as a later, equal task gets it: no call was made or paid for. */
export function asCachedResult(result: TaskResult): TaskResult {
  return { ...result, cached: true, costUsd: 0, latencyMs: 0 };
}

/** A new task that a cached result ends before it has begun. */
export function asAnswered(task: Task, result: TaskResult, now: number): Task {
  return {
    ...task,
    status: 'completed',
    lastEvent: 'completed',
    startedAt: now,
    completedAt: now,
    result: asCachedResult(result),
  };
}
