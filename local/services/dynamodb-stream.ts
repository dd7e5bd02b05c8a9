// The stream of a table: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
import { randomUUID } from 'node:crypto';
import type { Value } from '../template/cloud-assembly.ts';
import type { Change, ChangeListener } from './dynamodb-change.ts';

/** A reader of a stream, with a journal in the database of the tables. */
export interface StreamReader {
  accepts(record: Value): boolean;
  /** The key of a record in the journal, in the order of the stream. */
  journalKey(record: Value): string;
  /** Takes a record whose journal entry is on disk. */
  push(record: Value): void;
}

let lastSequence = 0;

/** Grows within a host and from one host to the next. */
function nextSequence(): string {
  lastSequence = Math.max(lastSequence + 1, Date.now() * 1000);
  return String(lastSequence).padStart(21, '0');
}

/** Turns changes into records in the journal of each reader that accepts them. */
export function createStreamListener(
  streamArn: string,
  region: string,
  readers: readonly StreamReader[],
): ChangeListener {
  return {
    prepare(change) {
      const record = recordOf(change, streamArn, region);
      const accepting = readers.filter((reader) => reader.accepts(record));
      if (accepting.length === 0) return { operations: [], committed: () => {} };
      // Only now, for most rows are nobody's to read, and inputs are long.
      record.dynamodb.SizeBytes = JSON.stringify(change.newItem ?? change.oldItem).length;
      const json = JSON.stringify(record);
      return {
        operations: accepting.map((reader) => ({ type: 'put', key: reader.journalKey(record), json })),
        committed: () => {
          for (const reader of accepting) reader.push(record);
        },
      };
    },
  };
}

function recordOf({ keys, oldItem, newItem, expired }: Change, streamArn: string, region: string): Value {
  const eventName = oldItem === undefined ? 'INSERT' : newItem === undefined ? 'REMOVE' : 'MODIFY';
  return {
    eventID: randomUUID().replaceAll('-', ''),
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
      Keys: keys,
      ...(newItem && { NewImage: newItem }),
      ...(oldItem && { OldImage: oldItem }),
      SequenceNumber: nextSequence(),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: streamArn,
    ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  };
}
