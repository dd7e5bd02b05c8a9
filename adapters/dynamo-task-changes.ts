import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Change } from '../core/events/change.ts';
import { batchFromRows, batchKind, parseBatchRow } from './batch-row.ts';
import type { Item } from './dynamo-item.ts';
import { taskFromItem } from './task-items.ts';
import { taskKind } from './task-rows.ts';

/** A record of a DynamoDB stream with old and new images, as Lambda hands it over. */
export interface StreamRecord {
  eventName?: string | undefined;
  dynamodb?: {
    SequenceNumber?: string | undefined;
    OldImage?: unknown;
    NewImage?: unknown;
  };
}

/** What the record says of a task or a batch, if anything. Throws on a row that cannot be read. */
export function changeFromRecord(record: StreamRecord): Change | undefined {
  const { SequenceNumber: sequence = '', OldImage, NewImage } = record.dynamodb ?? {};
  // A removed row is the end of its retention.
  if (record.eventName === 'REMOVE' || NewImage === undefined) return undefined;
  const after = fromImage(NewImage);
  const before = OldImage === undefined ? undefined : fromImage(OldImage);
  if (after.kind === taskKind)
    return { kind: 'task', sequence, before: before && taskFromItem(before), after: taskFromItem(after) };
  if (after.kind !== batchKind || before?.completed_at !== undefined) return undefined;
  const row = parseBatchRow(after);
  const { tenant, completed_at: completedAt } = row;
  if (completedAt === undefined) return undefined;
  const countedFrom = row.counted_from ?? completedAt;
  return { kind: 'batch', sequence, tenant, after: { ...batchFromRows(row, []), completedAt, countedFrom } };
}

function fromImage(image: unknown): Item {
  return unmarshall(image as Record<string, AttributeValue>);
}
