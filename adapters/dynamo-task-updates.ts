import type { Task, TaskKey, TaskStatus } from '../core/tasks/task.ts';
import type { Item, ItemUpdate, UpdateOutcome } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseTaskRow } from './task-items.ts';
import { metaKey, type TaskRow } from './task-rows.ts';

export const open = '#status IN (:queued, :processing)';
/** A queued task has no lease; a processing one may have outlived its worker, or the host. */
export const leaseIsDead =
  '(attribute_not_exists(#lease_until) OR #lease_until < :now OR #lease_from < :hostStartedAt)';
export const held = '#status = :processing AND #attempts = :attempt';
const statusValues = { queued: 'queued', processing: 'processing' } as const;
/** What a worker's hold on a task consists of. */
export const leave = [
  'lease_until',
  'lease_from',
  'claimed_by',
  'unqueued',
] as const satisfies (keyof TaskRow)[];
const leaveOpen: (keyof TaskRow)[] = ['open_pk', 'open_sk', 'not_before', ...leave];
export type TaskUpdate = Omit<ItemUpdate<TaskRow>, 'key'>;

export interface TaskUpdates {
  change(key: TaskKey, now: number, update: TaskUpdate): Promise<UpdateOutcome>;
  end(
    key: TaskKey,
    status: 'failed' | 'completed' | 'cancelled',
    now: number,
    update: TaskUpdate,
  ): Promise<UpdateOutcome>;
  ownChange(task: Task, status: TaskStatus, now: number, update: TaskUpdate): Promise<boolean>;
  endAttempt(task: Task, status: 'failed' | 'completed', now: number, update: TaskUpdate): Promise<boolean>;
}

/** The writes that every change of a task is made of. @param ttl epoch seconds until which a task that ended then is kept */
export function createTaskUpdates(table: DynamoTable, ttl: (endedAt: number) => number): TaskUpdates {
  /** An UpdateItem that changes the status, raises the version and names the event. */
  async function change(key: TaskKey, now: number, update: TaskUpdate) {
    return table.update<TaskRow>({
      key: metaKey(key),
      ...update,
      set: { changed_at: now, ...update.set },
      add: { version: 1, ...update.add },
      values: { ...statusValues, ...update.values },
    });
  }

  async function end(
    key: TaskKey,
    status: 'failed' | 'completed' | 'cancelled',
    now: number,
    update: TaskUpdate,
  ) {
    return change(key, now, {
      ...update,
      set: { status, last_event: status, completed_at: now, ttl: ttl(now), ...update.set },
      remove: leaveOpen,
    });
  }

  /**
   * A change by the worker that holds the task. Refused, it may have been made by an earlier try whose answer was lost:
   * the row then says just what this change says.
   */
  async function ownChange(
    task: Task,
    status: TaskStatus,
    now: number,
    update: TaskUpdate,
  ): Promise<boolean> {
    const outcome = await change(task, now, update);
    return outcome.applied || isOwn(outcome.item, task, status, now);
  }

  async function endAttempt(
    task: Task,
    status: 'failed' | 'completed',
    now: number,
    update: TaskUpdate,
  ): Promise<boolean> {
    const outcome = await end(task, status, now, {
      ...update,
      condition: held,
      values: { attempt: task.attempts },
    });
    return outcome.applied || isOwn(outcome.item, task, status, now);
  }

  return { change, end, ownChange, endAttempt };
}

function isOwn(item: Item | undefined, task: Task, status: TaskStatus, now: number): boolean {
  if (!item) return false;
  const row = parseTaskRow(item);
  return row.status === status && row.attempts === task.attempts && row.changed_at === now;
}
