import type { Change } from '../events/change.ts';
import type { Task } from '../tasks/task.ts';
import type { BatchProgress } from './batch-progress.ts';
import { collectBatchCounts } from './collect-batch-counts.ts';

export interface BatchKey {
  tenant: string;
  batchId: string;
}

/** Batches that are not completed, and when the sweeper is to look at them. */
export interface OpenBatches {
  /** Those that are to be looked at by now, at most `limit`. */
  listDue(now: number, limit: number): Promise<BatchKey[]>;
  /** Its tasks that have ended and are not counted; undefined: it is completed, or not stored any more. */
  audit(key: BatchKey): Promise<{ createdAt: number; ended: Task[] } | undefined>;
  /** Does nothing for one that is completed. */
  lookAgain(key: BatchKey, at: number): Promise<void>;
}

/** After its submission. By then most batches have ended. */
export const firstLookMs = 5 * 60_000;
const longestPauseMs = 60 * 60_000;
const batchesPerSweep = 50;

/**
 * Counts tasks that ended into their batches, where their change was lost on the way, and completes batches whose last
 * task was counted by a process that died. A batch is looked at when it is five minutes old, and then each time it is
 * twice as old, or an hour older. Answers how many tasks were missing.
 */
export async function reconcileBatches(
  batches: OpenBatches,
  progress: BatchProgress,
  clock: () => number,
): Promise<number> {
  let missing = 0;
  for (const key of await batches.listDue(clock(), batchesPerSweep)) {
    const now = clock();
    const audit = await batches.audit(key);
    if (!audit) continue;
    const { createdAt, ended } = audit;
    const changes = ended.map((after): Change => ({ kind: 'task', sequence: '', before: undefined, after }));
    const [count = { ...key, tasks: [], changedAt: createdAt }] = collectBatchCounts(changes);
    await progress.add(count, now);
    missing += ended.length;
    await batches.lookAgain(key, now + Math.min(Math.max(now - createdAt, firstLookMs), longestPauseMs));
  }
  return missing;
}
