import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Change } from '../core/events/change.ts';
import type { Task } from '../core/tasks/task.ts';
import { batchFromItem, batchKind } from './dynamo-batch-store.ts';
import type { Item } from './dynamo-table.ts';
import { taskFromItem, taskKind } from './task-items.ts';

/** A record of a DynamoDB stream with old and new images, as Lambda hands it over. */
export interface StreamRecord {
  eventName?: string | undefined;
  dynamodb?: {
    SequenceNumber?: string | undefined;
    OldImage?: unknown;
    NewImage?: unknown;
  };
}

/** What the record says of a task or a batch; undefined where nobody needs to know. Throws on a row that is none of ours. */
export function changeFromRecord(record: StreamRecord): Change | undefined {
  const { SequenceNumber: sequence = '', OldImage, NewImage } = record.dynamodb ?? {};
  // A removed row is the end of its retention.
  if (record.eventName === 'REMOVE' || NewImage === undefined) return undefined;
  const after = fromImage(NewImage);
  const before = OldImage === undefined ? undefined : fromImage(OldImage);
  if (after.kind === taskKind)
    return { kind: 'task', sequence, before: before && readTask(before), after: readTask(after) };
  if (after.kind !== batchKind || after.completed_at === undefined || before?.completed_at !== undefined)
    return undefined;
  const completedAt = after.completed_at as number;
  const batch = { ...batchFromItem(after), completedAt };
  return { kind: 'batch', sequence, tenant: batch.tenant, after: batch };
}

function fromImage(image: unknown): Item {
  return unmarshall(image as Record<string, AttributeValue>);
}

function readTask(item: Item): Task {
  const task = taskFromItem(item);
  const whole = task.tenant && task.taskId && task.status && task.lastEvent && Number.isInteger(task.version);
  if (!whole) throw new TypeError('The row of a task lacks its id, status or version');
  return task;
}
