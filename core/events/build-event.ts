import * as z from 'zod';
import type { Batch } from '../batches/batch.ts';
import { type Task, taskEventTypes, taskStatuses } from '../tasks/task.ts';
import { toWireResult, toWireTaskError, WireResult, WireTaskError } from '../tasks/task-wire.ts';
import { toWireTime, WireTime } from '../wire-time.ts';

/** Below the 32 KB of API Gateway's WebSocket frames, with a margin for what a transport adds. */
export const largestEventBytes = 28 * 1024;

/** Members of every event. */
const members = {
  event_id: z.string().meta({
    description: 'The same for every copy of the event: drop what was seen. Made of the id and the version',
  }),
  version: z
    .int()
    .min(1)
    .meta({
      description:
        'Grows by one with each change of its task or batch. Events come at least once and in any order: ' +
        'drop what is not above the highest version seen',
    }),
  timestamp: WireTime.meta({ description: 'Time of the change. ISO 8601, UTC, with milliseconds' }),
};

export const TaskEvent = z
  .object({
    ...members,
    event_type: z.enum(taskEventTypes).meta({
      description:
        'What happened. `retrying`: an attempt failed and another one follows, here or at another provider',
    }),
    task_id: z.string(),
    batch_id: z.string().nullable().meta({ description: 'The batch it came with; null: none' }),
    status: z.enum(taskStatuses).meta({ description: 'Of the task, after the change' }),
    data: WireResult.nullable().optional().meta({
      description: 'The result of a completed task, else null. Absent with `data_omitted`',
    }),
    data_omitted: z
      .literal(true)
      .optional()
      .meta({
        description:
          `The event would pass ${largestEventBytes / 1024} KiB, or its result is stored apart for its ` +
          'size: read the task',
      }),
    error: WireTaskError.nullable().meta({ description: 'Null unless the task failed' }),
  })
  .meta({ id: 'TaskEvent', description: 'A task changed its status' });
export type TaskEvent = z.infer<typeof TaskEvent>;

export const BatchEvent = z
  .object({
    ...members,
    event_type: z.literal('batch.completed'),
    task_id: z.null(),
    batch_id: z.string(),
    status: z.literal('completed'),
    data: z
      .object({ total: z.int(), completed: z.int(), failed: z.int(), cancelled: z.int() })
      .meta({ description: 'How its tasks ended' }),
    error: z.null(),
  })
  .meta({ id: 'BatchEvent', description: 'Every accepted task of a batch has ended' });
export type BatchEvent = z.infer<typeof BatchEvent>;

/** An event on the wire: the same for WebSocket, webhook and bus. */
export const ServiceEvent = z.union([TaskEvent, BatchEvent]);
export type ServiceEvent = z.infer<typeof ServiceEvent>;

/** The event of the task's last change of status. */
export function buildTaskEvent(task: Task): TaskEvent {
  const event: TaskEvent = {
    event_id: eventId(task.taskId, task.version),
    event_type: task.lastEvent,
    task_id: task.taskId,
    batch_id: task.batchId,
    status: task.status,
    version: task.version,
    timestamp: toWireTime(task.changedAt ?? task.completedAt ?? task.startedAt ?? task.createdAt),
    data: task.status === 'completed' && task.result ? toWireResult(task.result) : null,
    error: task.status === 'failed' && task.error ? toWireTaskError(task.error) : null,
  };
  return task.resultKey === null ? fit(event) : omitData(event);
}

/** The one event of a batch: its last task ended. */
export function buildBatchEvent(batch: Batch & { completedAt: number }): BatchEvent {
  const { total, completed, failed, cancelled } = batch;
  return {
    event_id: eventId(batch.batchId, batch.version),
    event_type: 'batch.completed',
    task_id: null,
    batch_id: batch.batchId,
    status: 'completed',
    version: batch.version,
    timestamp: toWireTime(batch.completedAt),
    data: { total, completed, failed, cancelled },
    error: null,
  };
}

function eventId(id: string, version: number): string {
  return `evt_${id.replace(/^(task|batch)_/, '')}_${version}`;
}

function fit(event: TaskEvent): TaskEvent {
  return Buffer.byteLength(JSON.stringify(event)) > largestEventBytes ? omitData(event) : event;
}

function omitData({ data: _, ...event }: TaskEvent): TaskEvent {
  return { ...event, data_omitted: true };
}
