import type { DeltaEntry, DeltaLog } from '../../../core/answers/delta-log.ts';

/** A log in memory; `entries` are all that were ever appended. */
export function createMemoryDeltaLog(): DeltaLog & { entries: (DeltaEntry & { taskId: string })[] } {
  const entries: (DeltaEntry & { taskId: string })[] = [];
  return {
    entries,
    async delete({ taskId }) {
      const left = entries.filter((entry) => entry.taskId !== taskId);
      entries.splice(0, entries.length, ...left);
    },
    append: async ({ taskId }, entry) => void entries.push({ taskId, ...entry }),
    read: async ({ taskId }, from) =>
      entries.filter(
        (entry) =>
          entry.taskId === taskId &&
          (entry.attempt > from.attempt ||
            (entry.attempt === from.attempt && entry.sequence >= from.sequence)),
      ),
  };
}
