import { isFinal, type Task, type TaskKey, type TaskResult } from '../core/tasks/task.ts';
import type { ClaimOutcome, NewTask, TaskStore } from '../core/tasks/task-store.ts';
import type { DynamoTable, Item, ItemUpdate } from './dynamo-table.ts';
import { createTaskReader } from './dynamo-task-reader.ts';
import type { Payloads } from './s3-payloads.ts';
import { inputKey, metaKey, openAttributes, taskFromItem, taskToItem } from './task-items.ts';

export interface DynamoTaskStoreOptions {
  table: DynamoTable;
  payloads: Payloads;
  /** Milliseconds that an ended task is kept. */
  retentionMs: number;
  /** Leases taken before this moment (epoch ms) are dead; 0 where workers outlive the host. */
  hostStartedAt?: number;
}

/** Over this an input goes to S3: a row holds 400 KB at most, and each KB written costs a write unit. */
const inputRowBytes = 200 * 1024;
/** Over this a result goes to S3: S3's price of a put is that of 8 KB of writes, and events leave out what passes 28 KB. */
const resultRowBytes = 24 * 1024;

const open = '#status IN (:queued, :processing)';
/** A queued task has no lease; a processing one may have outlived its worker, or the host. */
const leaseIsDead =
  '(attribute_not_exists(#lease_until) OR #lease_until < :now OR #lease_from < :hostStartedAt)';
const held = '#status = :processing AND #attempts = :attempt';
const statusValues = { queued: 'queued', processing: 'processing' } as const;
const leaveOpen = ['open_pk', 'open_sk', 'lease_until', 'lease_from'];

/** Tasks in one DynamoDB table; a status change is one conditional UpdateItem of the META row. */
export function createDynamoTaskStore(options: DynamoTaskStoreOptions): TaskStore {
  const { table, payloads, retentionMs, hostStartedAt = 0 } = options;
  const reader = createTaskReader(table, payloads);
  const ttl = (from: number) => Math.ceil((from + retentionMs) / 1000);

  async function toItems({ task, input }: NewTask): Promise<[meta: Item, input: Item]> {
    const body = JSON.stringify(input);
    const large = Buffer.byteLength(body) > inputRowBytes;
    const objectKey = `${task.tenant}/${task.taskId}/input.json`;
    if (large) await payloads.put(objectKey, body);
    const expires = { ttl: ttl(task.deadlineAt) };
    return [
      { ...taskToItem(task, !isFinal(task.status)), ...expires },
      { ...inputKey(task), ...(large ? { object_key: objectKey } : { body }), ...expires },
    ];
  }

  /** An UpdateItem that changes the status, raises the version and names the event. */
  async function change(key: TaskKey, now: number, update: Omit<ItemUpdate, 'key'>) {
    const outcome = await table.update({
      key: metaKey(key),
      ...update,
      set: { changed_at: now, ...update.set },
      add: { version: 1, ...update.add },
      values: { ...statusValues, ...update.values },
    });
    return outcome;
  }

  async function end(
    key: TaskKey,
    status: 'failed' | 'completed' | 'cancelled',
    now: number,
    update: Omit<ItemUpdate, 'key'>,
  ) {
    return change(key, now, {
      ...update,
      set: { status, last_event: status, completed_at: now, ttl: ttl(now), ...update.set },
      remove: leaveOpen,
    });
  }

  return {
    ...reader,

    async create(tasks) {
      const items: Item[] = [];
      for (const task of tasks) items.push(...(await toItems(task)).reverse());
      await table.putMany(items);
    },

    async createOnce({ task, input }, requestHash) {
      const [meta, inputItem] = await toItems({ task, input });
      const created = await table.put({ ...meta, request_hash: requestHash }, 'attribute_not_exists(#pk)');
      if (created) {
        await table.put(inputItem);
        return { created, task, requestHash };
      }
      const item = await table.get(metaKey(task), { consistent: true });
      if (!item) return this.createOnce({ task, input }, requestHash);
      // The same request again: its first try may have died between the two rows.
      if (item.request_hash === requestHash && item.status === 'queued') await table.put(inputItem);
      return {
        created,
        task: await reader.hydrate(taskFromItem(item)),
        requestHash: item.request_hash as string,
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
      if (outcome.applied) return { kind: 'claimed', task: taskFromItem(outcome.item as Item) };
      if (!outcome.item) return { kind: 'missing' };
      const task = taskFromItem(outcome.item);
      if (isFinal(task.status)) return { kind: 'final' };
      if (task.provider !== provider) return { kind: 'moved', task };
      return { kind: 'leased', leaseUntil: outcome.item.lease_until as number };
    },

    async renewLease(key, attempt, leaseUntil) {
      const outcome = await table.update({
        key: metaKey(key),
        set: { lease_until: leaseUntil },
        condition: held,
        values: { attempt, processing: 'processing' },
      });
      return outcome.applied;
    },

    async isHeld(key, attempt) {
      const item = await table.get(metaKey(key), { attributes: ['status', 'attempts'] });
      return item?.status === 'processing' && item.attempts === attempt;
    },

    async complete(task, result, now) {
      const text = JSON.stringify(result);
      const placed = await placeResult(payloads, task, result, text);
      const outcome = await end(task, 'completed', now, {
        set: { ...placed, provider: task.provider, model: task.model ?? undefined },
        condition: held,
        values: { attempt: task.attempts },
      });
      return outcome.applied;
    },

    async fail(task, error, now) {
      const outcome = await end(task, 'failed', now, {
        set: { error: JSON.stringify(error) },
        condition: held,
        values: { attempt: task.attempts },
      });
      return outcome.applied;
    },

    async retryLater(task, error, now) {
      const outcome = await change(task, now, {
        set: { status: 'queued', last_event: 'retrying', error: JSON.stringify(error) },
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
          ...(error && { error: JSON.stringify(error) }),
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
      const task = await reader.hydrate(taskFromItem(outcome.item));
      return { kind: outcome.applied ? 'cancelled' : 'ended', task };
    },

    async reprioritize(key, priority) {
      // No event: the contract has none for it, so the version stays.
      const outcome = await table.update({
        key: metaKey(key),
        set: { priority },
        condition: '#status = :queued',
        values: { queued: 'queued' },
        returnNew: true,
      });
      if (!outcome.item) return undefined;
      const task = await reader.hydrate(taskFromItem(outcome.item));
      return { kind: outcome.applied ? 'changed' : 'not_queued', task };
    },

    async expire(key, now) {
      const message = 'The task did not end before its timeout';
      const error = { code: 'timeout', message, provider: null, retryable: false };
      const outcome = await end(key, 'failed', now, {
        set: { error: JSON.stringify(error) },
        condition: `#deadline_at <= :now AND ${open}`,
        values: { now },
      });
      return outcome.applied;
    },

    async failOpen(key, error, now) {
      const outcome = await end(key, 'failed', now, {
        set: { error: JSON.stringify(error) },
        condition: open,
      });
      return outcome.applied;
    },
  };
}

async function placeResult(payloads: Payloads, task: Task, result: TaskResult, text: string): Promise<Item> {
  if (Buffer.byteLength(text) <= resultRowBytes) return { result: text };
  // The attempt is part of the key, so that a worker which lost its lease cannot overwrite the winner's result.
  const objectKey = `${task.tenant}/${task.taskId}/result-${task.attempts}.json`;
  await payloads.put(objectKey, text);
  return { result_key: objectKey, result: JSON.stringify({ ...result, content: '', data: undefined }) };
}
