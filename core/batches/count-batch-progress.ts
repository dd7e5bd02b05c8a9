import type { Change } from '../events/change.ts';
import { runBounded } from '../run-bounded.ts';
import type { BatchIndexes, BatchProgress } from './batch-progress.ts';

const batchesAtOnce = 8;

/** What some changes add to one batch. */
interface BatchChanges {
  tenant: string;
  batchId: string;
  indexes: BatchIndexes;
  changes: Change[];
}

/** Counts the changes of tasks into their batches; answers the changes whose batch could not be written. */
export async function countBatchProgress(
  changes: Change[],
  progress: BatchProgress,
  now: number,
): Promise<Change[]> {
  const failed: Change[] = [];
  await runBounded(
    collect(changes).values(),
    batchesAtOnce,
    async ({ tenant, batchId, indexes, changes }) => {
      await progress.add(tenant, batchId, indexes, now).catch(() => failed.push(...changes));
    },
  );
  return failed;
}

function collect(changes: Change[]): Map<string, BatchChanges> {
  const batches = new Map<string, BatchChanges>();
  for (const change of changes) {
    if (change.kind !== 'task' || change.after.batchId === null || change.after.batchIndex === null) continue;
    const { tenant, batchId, batchIndex, status } = change.after;
    if (status === 'queued') continue;
    const key = `${tenant}#${batchId}`;
    const batch = batches.get(key) ?? { tenant, batchId, indexes: noIndexes(), changes: [] };
    batches.set(key, batch);
    batch.indexes[status === 'processing' ? 'started' : status].push(batchIndex);
    batch.changes.push(change);
  }
  return batches;
}

function noIndexes(): BatchIndexes {
  return { started: [], completed: [], failed: [], cancelled: [] };
}
