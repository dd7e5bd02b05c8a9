import type { Change } from './change.ts';
import { type CountOptions, type CountPorts, countTaskChanges } from './count-task-changes.ts';
import { type PublishPorts, publishTaskEvents } from './publish-task-event.ts';
import type { SendLimits } from './send-limits.ts';
import type { UnreadRecord } from './share.ts';

/** Changes, and the records that told none because they cannot be read. */
export function readRecords<Record>(
  records: readonly Record[],
  /** Throws for a record that it cannot read. */
  read: (record: Record) => Change | undefined,
): { changes: Change[]; unread: Record[]; error?: unknown } {
  const changes: Change[] = [];
  const unread: Record[] = [];
  let error: unknown;
  for (const record of records)
    try {
      const change = read(record);
      if (change) changes.push(change);
    } catch (cause) {
      unread.push(record);
      error = cause;
    }
  return { changes, unread, error };
}

/** Publishes and counts what records tell that could not be read before. Answers those that wait on. */
export async function publishRecords(
  records: UnreadRecord[],
  read: (record: UnreadRecord) => Change | undefined,
  options: CountOptions,
  ports: PublishPorts & CountPorts,
  limits: SendLimits,
): Promise<UnreadRecord[]> {
  const { changes, unread } = readRecords(records, read);
  if (changes.length === 0) return unread;
  const told = await publishTaskEvents(changes, ports, limits);
  if (told.failedFrom !== undefined) return records;
  const counted = await countTaskChanges(changes, options, ports, limits);
  return counted.failedFrom === undefined ? unread : records;
}
