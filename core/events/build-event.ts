import type { CompletedBatch } from '../batches/batch-progress.ts';
import type { Task, TaskEventType, TaskStatus } from '../tasks/task.ts';
import { toWireResult, toWireTaskError, type WireTaskError } from '../tasks/task-wire.ts';
import { toWireTime } from '../wire-time.ts';

type EventType = TaskEventType | 'batch.completed';

/** The one event of WebSocket, webhook and bus, in its shape on the wire. */
export interface ServiceEvent {
  /** The same for every duplicate: made of the task (or batch) and its version. */
  event_id: string;
  event_type: EventType;
  /** Null for an event of a batch. */
  task_id: string | null;
  batch_id: string | null;
  status: TaskStatus;
  /** Grows by one with each change; a receiver drops what is not above what it has seen. */
  version: number;
  timestamp: string;
  /** A task's result, a batch's counts, null while there is none; absent with `data_omitted`. */
  data?: unknown;
  data_omitted?: true;
  error: WireTaskError | null;
}

/** A WebSocket frame of API Gateway carries 32 KB; the rest is left for what transports add. */
export const largestEventBytes = 28 * 1024;

/** The event that the task's present version stands for. */
export function buildTaskEvent(task: Task): ServiceEvent {
  const event: ServiceEvent = {
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
export function buildBatchEvent(batch: CompletedBatch): ServiceEvent {
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

function fit(event: ServiceEvent): ServiceEvent {
  return Buffer.byteLength(JSON.stringify(event)) > largestEventBytes ? omitData(event) : event;
}

function omitData({ data: _, ...event }: ServiceEvent): ServiceEvent {
  return { ...event, data_omitted: true };
}
