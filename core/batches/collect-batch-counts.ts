import type { Change } from '../events/change.ts';
import type { BatchCount } from '../events/share.ts';

/** What changes of tasks add to their batches: one count for each batch. */
export function collectBatchCounts(changes: readonly Change[]): BatchCount[] {
  const counts = new Map<string, BatchCount>();
  for (const change of changes) {
    if (change.kind !== 'task') continue;
    const { before, after } = change;
    const { tenant, taskId, batchId, batchIndex: place, status } = after;
    if (batchId === null || place === null || status === 'queued' || before?.status === status) continue;
    const changedAt = after.changedAt ?? after.createdAt;
    const key = `${tenant}#${batchId}`;
    const count = counts.get(key) ?? { tenant, batchId, tasks: [], changedAt };
    count.tasks.push({ taskId, place, status });
    count.changedAt = Math.min(count.changedAt, changedAt);
    counts.set(key, count);
  }
  return [...counts.values()];
}
