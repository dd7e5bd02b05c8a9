// The stream of a table: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
import { randomUUID } from 'node:crypto';
import type { StreamMapping } from '../lambda/stream-mapping.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { Change, ChangeListener } from './dynamodb-change.ts';

let lastSequence = 0;

/** Grows within a host and from one host to the next. */
function nextSequence(): string {
  lastSequence = Math.max(lastSequence + 1, Date.now() * 1000);
  return String(lastSequence).padStart(21, '0');
}

/** Turns changes into records in the journal of each mapping that accepts them. */
export function createStreamListener(
  streamArn: string,
  region: string,
  mappings: () => readonly StreamMapping[],
): ChangeListener {
  return {
    prepare(change) {
      const record = recordOf(change, streamArn, region);
      const takers = mappings().filter((mapping) => mapping.accepts(record));
      return {
        operations: takers.map((mapping) => ({
          type: 'put',
          key: mapping.journalKey(record),
          value: record,
        })),
        committed: () => {
          for (const mapping of takers) mapping.push(record);
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
      SizeBytes: JSON.stringify(newItem ?? oldItem).length,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: streamArn,
    ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  };
}
