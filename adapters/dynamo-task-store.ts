import { randomUUID } from 'node:crypto';
import { isFinal, type TaskError } from '../core/tasks/task.ts';
import type { NewTask, TaskStore } from '../core/tasks/task-store.ts';
import type { ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { createTaskAttempts } from './dynamo-task-attempts.ts';
import { createTaskReader } from './dynamo-task-reader.ts';
import { createTaskUpdates, open } from './dynamo-task-updates.ts';
import { lastingFor } from './retention.ts';
import type { Payloads } from './s3-payloads.ts';
import { parseTaskRow, taskFromItem, taskFromRow, taskToItem, writeError } from './task-items.ts';
import { fetchResult, placeInput } from './task-payloads.ts';
import { InputRow, inputKey, metaKey, type TaskRow } from './task-rows.ts';

export interface DynamoTaskStoreOptions {
  table: DynamoTable;
  payloads: Payloads;
  /** Milliseconds that an ended task is kept. */
  retentionMs: number;
  /** Leases taken before this moment (epoch ms) are dead; 0 where workers outlive the host. */
  hostStartedAt?: number;
  clock?: () => number;
}

/** Tasks in one DynamoDB table; a status change is one conditional UpdateItem of the META row. */
export function createDynamoTaskStore(options: DynamoTaskStoreOptions): TaskStore {
  const { table, payloads, retentionMs, hostStartedAt = 0 } = options;
  const reader = createTaskReader({ table, payloads, retentionMs, clock: options.clock ?? Date.now });
  const ttl = (neededUntil: number) => lastingFor(retentionMs, neededUntil);

  async function toItems({ task, input }: NewTask, version?: string) {
    const expires = { ttl: ttl(task.deadlineAt) };
    const meta: TaskRow & ItemKey = { ...taskToItem(task, !isFinal(task.status)), ...expires };
    const placed = await placeInput(payloads, task, input, version);
    const inputItem: InputRow & ItemKey = { ...inputKey(task), ...placed, ...expires };
    return { meta, inputItem };
  }

  const updates = createTaskUpdates(table, ttl);
  const { end } = updates;

  return {
    ...reader,
    ...createTaskAttempts(table, payloads, updates, hostStartedAt),

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

    async erase(key) {
      // No event, as above.
      const { applied, item } = await table.update<TaskRow>({
        key: metaKey(key),
        remove: ['result', 'error', 'metadata'],
        condition: '#status IN (:completed, :failed, :cancelled)',
        values: { completed: 'completed', failed: 'failed', cancelled: 'cancelled' },
        returnNew: true,
      });
      if (!applied || !item) return;
      const { result_key } = parseTaskRow(item);
      if (result_key !== undefined) await payloads.delete(result_key);
      const input = await table.delete(inputKey(key));
      const { object_key } = InputRow.parse(input ?? {});
      if (object_key !== undefined) await payloads.delete(object_key);
    },

    async listen(key) {
      // No event, as above.
      await table.update<TaskRow>({
        key: metaKey(key),
        set: { listened: true },
        condition: open,
        values: { queued: 'queued', processing: 'processing' },
      });
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
  };
}
