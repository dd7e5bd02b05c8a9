import { randomUUID } from 'node:crypto';
import {
  type AttemptRecord,
  isFinal,
  type Task,
  type TaskError,
  type TaskKey,
  type TaskStatus,
} from '../core/tasks/task.ts';
import type { ClaimOutcome, NewTask, TaskStore } from '../core/tasks/task-store.ts';
import type { Item, ItemKey, ItemUpdate } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { createTaskReader } from './dynamo-task-reader.ts';
import { parseItem } from './parse-item.ts';
import type { Payloads } from './s3-payloads.ts';
import { writeTimeline } from './stored-timeline.ts';
import {
  openAttributes,
  parseTaskRow,
  taskFromItem,
  taskFromRow,
  taskToItem,
  writeError,
} from './task-items.ts';
import { fetchResult, placeInput, placeResult } from './task-payloads.ts';
import { type InputRow, inputKey, metaKey, TaskRow } from './task-rows.ts';

export interface DynamoTaskStoreOptions {
  table: DynamoTable;
  payloads: Payloads;
  /** Milliseconds that an ended task is kept. */
  retentionMs: number;
  /** Leases taken before this moment (epoch ms) are dead; 0 where workers outlive the host. */
  hostStartedAt?: number;
}

const open = '#status IN (:queued, :processing)';
/** A queued task has no lease; a processing one may have outlived its worker, or the host. */
const leaseIsDead =
  '(attribute_not_exists(#lease_until) OR #lease_until < :now OR #lease_from < :hostStartedAt)';
const held = '#status = :processing AND #attempts = :attempt';
const statusValues = { queued: 'queued', processing: 'processing' } as const;
const leave = ['lease_until', 'lease_from', 'claimed_by'] as const satisfies (keyof TaskRow)[];
const leaveOpen: (keyof TaskRow)[] = ['open_pk', 'open_sk', 'not_before', ...leave];
/** A message may show so much too early: SQS's delays are whole seconds, and clocks differ. */
const earlyMs = 2_000;

type TaskUpdate = Omit<ItemUpdate<TaskRow>, 'key'>;

/** What says whether an attempt still holds its task. */
const HolderRow = TaskRow.pick({ status: true, attempts: true });

/** Tasks in one DynamoDB table; a status change is one conditional UpdateItem of the META row. */
export function createDynamoTaskStore(options: DynamoTaskStoreOptions): TaskStore {
  const { table, payloads, retentionMs, hostStartedAt = 0 } = options;
  const reader = createTaskReader(table, payloads);
  const ttl = (from: number) => Math.ceil((from + retentionMs) / 1000);

  async function toItems({ task, input }: NewTask, version?: string) {
    const expires = { ttl: ttl(task.deadlineAt) };
    const meta: TaskRow & ItemKey = { ...taskToItem(task, !isFinal(task.status)), ...expires };
    const placed = await placeInput(payloads, task, input, version);
    const inputItem: InputRow & ItemKey = { ...inputKey(task), ...placed, ...expires };
    return { meta, inputItem };
  }

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

  return {
    ...reader,

    async create(tasks) {
      const items: ItemKey[] = [];
      for (const task of tasks) {
        const { meta, inputItem } = await toItems(task);
        items.push(inputItem, meta);
      }
      await table.putMany(items);
    },

    async createOnce({ task, input }, requestHash) {
      const { meta, inputItem } = await toItems({ task, input }, requestHash);
      const row = { ...meta, request_hash: requestHash, made_by: randomUUID() };
      if (await table.put<TaskRow>(row, 'attribute_not_exists(#pk)')) {
        await table.put<InputRow>(inputItem);
        return { created: true, task, requestHash };
      }
      const item = await table.get(metaKey(task), { consistent: true });
      if (!item) return this.createOnce({ task, input }, requestHash);
      const first = parseTaskRow(item);
      if (first.made_by === row.made_by) {
        // An earlier try of this very request, whose answer was lost.
        await table.put<InputRow>(inputItem);
        return { created: true, task, requestHash };
      }
      // The same request again: its first try may have died between the two rows.
      if (first.request_hash === requestHash && first.status === 'queued')
        await table.put<InputRow>(inputItem);
      return {
        created: false,
        task: await fetchResult(payloads, taskFromRow(first)),
        requestHash: first.request_hash ?? '',
      };
    },

    async claim(message, provider, claimant, now, leaseUntil): Promise<ClaimOutcome> {
      const outcome = await change(message, now, {
        set: {
          status: 'processing',
          last_event: 'processing',
          lease_until: leaseUntil,
          lease_from: now,
          claimed_by: claimant,
        },
        setTo: { started_at: 'if_not_exists(#started_at, :now)' },
        add: { attempts: 1, provider_attempts: 1 },
        remove: ['not_before'],
        condition: [
          `#provider = :provider AND ${open} AND ${leaseIsDead}`,
          '(attribute_not_exists(#revision) OR #revision <= :revision)',
          '(attribute_not_exists(#not_before) OR #not_before <= :soon)',
        ].join(' AND '),
        values: { provider, now, hostStartedAt, revision: message.revision, soon: now + earlyMs },
        returnNew: true,
      });
      if (!outcome.item) return { kind: 'missing' };
      const row = parseTaskRow(outcome.item);
      const task = taskFromRow(row);
      // The second: an earlier try of this very request, whose answer was lost.
      if (outcome.applied || (row.status === 'processing' && row.claimed_by === claimant))
        return { kind: 'claimed', task };
      if (isFinal(task.status)) return { kind: 'final' };
      if (task.provider !== provider) return { kind: 'moved', task };
      if (task.revision > message.revision) return { kind: 'stale' };
      if (task.status === 'queued' && task.notBefore !== null)
        return { kind: 'early', notBefore: task.notBefore };
      return { kind: 'leased', leaseUntil: row.lease_until ?? now };
    },

    async unclaim(task, now) {
      const outcome = await change(task, now, {
        set: { status: 'queued', last_event: 'retrying' },
        // The number of the attempt stays: it fences whoever may still hold it.
        add: { provider_attempts: -1 },
        remove: leave,
        condition: held,
        values: { attempt: task.attempts },
      });
      return outcome.applied;
    },

    async completeUnheld(key, result, now) {
      const placed = await placeResult(payloads, { ...key, attempts: 0 }, result);
      const outcome = await end(key, 'completed', now, {
        set: placed,
        setTo: { started_at: 'if_not_exists(#started_at, :now)' },
        condition: `${open} AND (#status = :queued OR ${leaseIsDead})`,
        values: { now, hostStartedAt },
      });
      if (outcome.applied) return 'completed';
      return outcome.item && !isFinal(parseTaskRow(outcome.item).status) ? 'held' : 'ended';
    },

    async renewLease(key, attempt, leaseUntil) {
      const outcome = await table.update<TaskRow>({
        key: metaKey(key),
        set: { lease_until: leaseUntil },
        condition: held,
        values: { attempt, processing: 'processing' },
      });
      return outcome.applied;
    },

    async isHeld(key, attempt) {
      const look = async (consistent: boolean) => {
        const item = await table.get(metaKey(key), { attributes: ['status', 'attempts'], consistent });
        if (!item) return false;
        const { status, attempts } = parseItem('The row of a task', HolderRow, item);
        return status === 'processing' && attempts === attempt;
      };
      // A cheap read may be a second old; a paid call is not ended by one.
      return (await look(false)) || look(true);
    },

    async complete(task, result, record) {
      const placed = await placeResult(payloads, task, result);
      return endAttempt(task, 'completed', record.endedAt, {
        set: { ...placed, provider: task.provider, model: task.model, ...recorded(task, record) },
      });
    },

    fail: (task, error, record, now) =>
      endAttempt(task, 'failed', now, { set: { error: writeError(error), ...recorded(task, record) } }),

    retryLater: (task, error, notBefore, record) =>
      ownChange(task, 'queued', record.endedAt, {
        set: {
          status: 'queued',
          last_event: 'retrying',
          error: writeError(error),
          not_before: notBefore,
          ...recorded(task, record),
        },
        remove: leave,
        condition: held,
        values: { attempt: task.attempts },
      }),

    moveTo: (task, { provider, model }, error, record, now) =>
      ownChange(task, 'queued', now, {
        set: {
          status: 'queued',
          last_event: 'retrying',
          provider,
          model,
          provider_attempts: 0,
          ...openAttributes({ ...task, provider }),
          ...(error && { error: writeError(error) }),
          ...recorded(task, record),
        },
        add: { hops: 1 },
        remove: [...leave, 'not_before'],
        condition: record
          ? `#provider = :from AND ${held}`
          : `#provider = :from AND #attempts = :attempt AND ${open} AND ${leaseIsDead}`,
        values: { from: task.provider, attempt: task.attempts, ...(!record && { now, hostStartedAt }) },
      }),

    async recordAttempt(task, record) {
      await table.update<TaskRow>({
        key: metaKey(task),
        set: recorded(task, record),
        condition: '#attempts = :attempt',
        values: { attempt: record.attempt },
      });
    },

    async cancel(key, now) {
      const outcome = await end(key, 'cancelled', now, { condition: open, returnNew: true });
      if (!outcome.item) return undefined;
      const task = await fetchResult(payloads, taskFromItem(outcome.item));
      return { kind: outcome.applied ? 'cancelled' : 'ended', task };
    },

    async reprioritize(key, priority, revision) {
      // No event: the contract has none for it, so the version stays.
      const outcome = await table.update<TaskRow>({
        key: metaKey(key),
        set: { priority, revision: revision + 1 },
        condition: `#status = :queued AND ${revision === 0 ? 'attribute_not_exists(#revision)' : '#revision = :revision'}`,
        values: { queued: 'queued', revision },
        returnNew: true,
      });
      if (!outcome.item) return undefined;
      const task = await fetchResult(payloads, taskFromItem(outcome.item));
      const isOwnRepeat = task.revision === revision + 1 && task.priority === priority;
      return { changed: outcome.applied || isOwnRepeat, task };
    },

    async expire(key, now) {
      const message = 'The task did not end before its timeout';
      const error: TaskError = { code: 'timeout', message, provider: null, retryable: false };
      const outcome = await end(key, 'failed', now, {
        set: { error: writeError(error) },
        condition: `#deadline_at <= :now AND ${open}`,
        values: { now },
      });
      return outcome.applied;
    },

    async failOpen(key, error, now) {
      const outcome = await end(key, 'failed', now, {
        set: { error: writeError(error) },
        condition: open,
      });
      return outcome.applied;
    },
  };
}

function isOwn(item: Item | undefined, task: Task, status: TaskStatus, now: number): boolean {
  if (!item) return false;
  const row = parseTaskRow(item);
  return row.status === status && row.attempts === task.attempts && row.changed_at === now;
}

/** The record of an attempt added to those that the row keeps; the version is the stream's business, not this one's. */
function recorded(task: Task, record: AttemptRecord | null): Partial<TaskRow> {
  return record ? { timeline: writeTimeline([...task.timeline, record]) } : {};
}
