import type { Change } from '../events/change.ts';
import { isFinal, type Task } from '../tasks/task.ts';
import { emptyHistogram, withDuration } from './histogram.ts';
import type { TaskTotals } from './metrics.ts';

/** The label of types that are not configured any more: labels are few, whatever the table holds. */
const otherType = 'other';

export function noTasks(): TaskTotals {
  return {
    ended: {},
    durations: { completed: emptyHistogram, failed: emptyHistogram, cancelled: emptyHistogram },
    waits: { high: emptyHistogram, normal: emptyHistogram, low: emptyHistogram },
    cache: { hits: 0, misses: 0 },
    lagMs: null,
  };
}

/**
 * What changes of tasks add to the totals of the service. A task counts when it ends, its wait too: then most changes
 * write nothing here.
 */
export function countTasks(
  changes: readonly Change[],
  taskTypes: ReadonlySet<string>,
  now: number,
): TaskTotals {
  const totals = noTasks();
  for (const change of changes) {
    if (change.kind !== 'task' || change.before?.version === change.after.version) continue;
    const { before, after } = change;
    totals.lagMs = Math.max(totals.lagMs ?? 0, now - (after.changedAt ?? after.createdAt));
    if (!before || !isFinal(before.status)) countEnd(totals, after, taskTypes);
  }
  return totals;
}

function countEnd(totals: TaskTotals, task: Task, taskTypes: ReadonlySet<string>): void {
  const { status, priority, createdAt, startedAt, completedAt, cacheKey, result } = task;
  if (!isFinal(status)) return;
  const { ended, durations, waits, cache } = totals;
  const type = taskTypes.has(task.type) ? task.type : otherType;
  ended[type] = { ...ended[type], [status]: (ended[type]?.[status] ?? 0) + 1 };
  durations[status] = withDuration(durations[status], (completedAt ?? createdAt) - createdAt);
  // A result from the cache, or of an equal task, waited for no start.
  if (task.attempts > 0 && startedAt !== null)
    waits[priority] = withDuration(waits[priority], startedAt - createdAt);
  if (cacheKey !== null && result) cache[result.cached ? 'hits' : 'misses'] += 1;
}
