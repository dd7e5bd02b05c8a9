import { isFinal, type TaskError, type TaskKey } from '../core/tasks/task.ts';
import type { ClaimOutcome, NewTask, TaskStore } from '../core/tasks/task-store.ts';
import type { ItemKey, ItemUpdate } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { createTaskReader } from './dynamo-task-reader.ts';
import { parseItem } from './parse-item.ts';
import type { Payloads } from './s3-payloads.ts';
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
/** What only an open task has. */
const openOnly: (keyof TaskRow)[] = ['open_pk', 'open_sk', 'lease_until', 'lease_from'];

type TaskUpdate = Omit<ItemUpdate<TaskRow>, 'key'>;

/** What says whether an attempt still holds its task. */
const HolderRow = TaskRow.pick({ status: true, attempts: true });

/** Tasks in one DynamoDB table; a status change is one conditional UpdateItem of the META row. */
export function createDynamoTaskStore(options: DynamoTaskStoreOptions): TaskStore {
  const { table, payloads, retentionMs, hostStartedAt = 0 } = options;
  const reader = createTaskReader(table, payloads);
  const ttl = (from: number) => Math.ceil((from + retentionMs) / 1000);

  async function toItems({ task, input }: NewTask) {
    const expires = { ttl: ttl(task.deadlineAt) };
    const meta: TaskRow & ItemKey = { ...taskToItem(task, !isFinal(task.status)), ...expires };
    const placed = await placeInput(payloads, task, input);
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
      remove: openOnly,
    });
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
      const { meta, inputItem } = await toItems({ task, input });
      const row = { ...meta, request_hash: requestHash };
      if (await table.put<TaskRow>(row, 'attribute_not_exists(#pk)')) {
        await table.put<InputRow>(inputItem);
        return { created: true, task, requestHash };
      }
      const item = await table.get(metaKey(task), { consistent: true });
      if (!item) return this.createOnce({ task, input }, requestHash);
      const first = parseTaskRow(item);
      // The same request again: its first try may have died between the two rows.
      if (first.request_hash === requestHash && first.status === 'queued')
        await table.put<InputRow>(inputItem);
      return {
        created: false,
        task: await fetchResult(payloads, taskFromRow(first)),
        requestHash: first.request_hash ?? '',
      };
    },

    async claim(key, provider, now, leaseUntil): Promise<ClaimOutcome> {
      const outcome = await change(key, now, {
        set: { status: 'processing', last_event: 'processing', lease_until: leaseUntil, lease_from: now },
        setTo: { started_at: 'if_not_exists(#started_at, :now)' },
        add: { attempts: 1, provider_attempts: 1 },
        condition: `#provider = :provider AND ${open} AND ${leaseIsDead}`,
        values: { provider, now, hostStartedAt },
        returnNew: true,
      });
      if (!outcome.item) return { kind: 'missing' };
      const row = parseTaskRow(outcome.item);
      const task = taskFromRow(row);
      if (outcome.applied) return { kind: 'claimed', task };
      if (isFinal(task.status)) return { kind: 'final' };
      if (task.provider !== provider) return { kind: 'moved', task };
      return { kind: 'leased', leaseUntil: row.lease_until ?? now };
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
      const item = await table.get(metaKey(key), { attributes: ['status', 'attempts'] });
      if (!item) return false;
      const { status, attempts } = parseItem('The row of a task', HolderRow, item);
      return status === 'processing' && attempts === attempt;
    },

    async complete(task, result, now) {
      const placed = await placeResult(payloads, task, result);
      const outcome = await end(task, 'completed', now, {
        set: { ...placed, provider: task.provider, model: task.model ?? undefined },
        condition: held,
        values: { attempt: task.attempts },
      });
      return outcome.applied;
    },

    async fail(task, error, now) {
      const outcome = await end(task, 'failed', now, {
        set: { error: writeError(error) },
        condition: held,
        values: { attempt: task.attempts },
      });
      return outcome.applied;
    },

    async retryLater(task, error, now) {
      const outcome = await change(task, now, {
        set: { status: 'queued', last_event: 'retrying', error: writeError(error) },
        remove: ['lease_until', 'lease_from'],
        condition: held,
        values: { attempt: task.attempts },
      });
      return outcome.applied;
    },

    async moveTo(task, provider, model, error, now) {
      const outcome = await change(task, now, {
        set: {
          status: 'queued',
          last_event: 'retrying',
          provider,
          model,
          provider_attempts: 0,
          ...openAttributes({ ...task, provider }),
          ...(error && { error: writeError(error) }),
        },
        add: { hops: 1 },
        remove: ['lease_until', 'lease_from'],
        condition: `#provider = :from AND #attempts = :attempt AND ${open}`,
        values: { from: task.provider, attempt: task.attempts },
      });
      return outcome.applied;
    },

    async cancel(key, now) {
      const outcome = await end(key, 'cancelled', now, { condition: open, returnNew: true });
      if (!outcome.item) return undefined;
      const task = await fetchResult(payloads, taskFromItem(outcome.item));
      return { kind: outcome.applied ? 'cancelled' : 'ended', task };
    },

    async reprioritize(key, priority) {
      // No event: the contract has none for it, so the version stays.
      const outcome = await table.update<TaskRow>({
        key: metaKey(key),
        set: { priority },
        condition: '#status = :queued',
        values: { queued: 'queued' },
        returnNew: true,
      });
      if (!outcome.item) return undefined;
      const task = await fetchResult(payloads, taskFromItem(outcome.item));
      return { kind: outcome.applied ? 'changed' : 'not_queued', task };
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
