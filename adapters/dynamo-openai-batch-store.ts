import * as z from 'zod';
import { hasEnded } from '../core/openai-batches/openai-batch.ts';
import type { OpenaiBatchStore } from '../core/openai-batches/openai-batch-store.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import {
  changedAttributes,
  type OpenaiBatchRow,
  openaiBatchFromItem,
  openaiBatchKey,
  openaiBatchKind,
} from './openai-batch-row.ts';
import { parseItem } from './parse-item.ts';
import { lastingFor } from './retention.ts';
import { sortableTime } from './task-items.ts';
import { IndexRow } from './task-rows.ts';

/** In the index of open tasks, beside the names of providers. */
const openPartition = 'OPENAI_BATCH';
/** In the index of tasks by time, beside the tenants. */
const listPartition = (tenant: string) => `OPENAI_BATCH#${tenant}`;

const ListedRow = IndexRow.extend({ list_pk: z.string(), list_sk: z.string() });

/** Rows of the table of tasks, of a kind that the stream's reader is not told of. */
export function createDynamoOpenaiBatchStore(options: {
  table: DynamoTable;
  /** Milliseconds that a batch is kept after its deadline. */
  retentionMs: number;
  /** Leases taken before this moment (epoch ms) are dead; 0 where runs outlive the host. */
  hostStartedAt?: number;
}): OpenaiBatchStore {
  const { table, retentionMs, hostStartedAt = 0 } = options;
  const open = (lookAt: number, { tenant, batchId }: { tenant: string; batchId: string }) => ({
    look_at: lookAt,
    open_pk: openPartition,
    open_sk: `${sortableTime(lookAt)}#${tenant}#${batchId}`,
  });

  return {
    async create(batch) {
      const { tenant, batchId, createdAt, metadata } = batch;
      const row: OpenaiBatchRow = {
        kind: openaiBatchKind,
        tenant,
        batch_id: batchId,
        seed: batchId,
        endpoint: batch.endpoint,
        input_file_id: batch.inputFileId,
        completion_window: batch.completionWindow,
        ...(metadata && { metadata: JSON.stringify(metadata) }),
        priority: batch.priority,
        output_life_ms: batch.outputLifeMs,
        created_at: createdAt,
        deadline_at: batch.deadlineAt,
        ...changedAttributes(batch),
        ...open(createdAt, batch),
        list_pk: listPartition(tenant),
        list_sk: batchId,
        ttl: lastingFor(retentionMs, batch.deadlineAt),
      };
      const key = openaiBatchKey(tenant, batchId);
      if (await table.put<OpenaiBatchRow>({ ...key, ...row }, 'attribute_not_exists(#pk)')) return batch;
      return (await this.get(batch)) ?? batch;
    },

    async get({ tenant, batchId }) {
      const item = await table.get(openaiBatchKey(tenant, batchId), { consistent: true });
      return item?.kind === openaiBatchKind ? openaiBatchFromItem(item) : undefined;
    },

    async list(tenant, { after, limit }) {
      const list_pk = listPartition(tenant);
      const startKey: Item | undefined =
        after === undefined ? undefined : { ...openaiBatchKey(tenant, after), list_pk, list_sk: after };
      const { items } = await table.query({
        index: 'by-time',
        where: '#list_pk = :pk',
        values: { pk: list_pk },
        limit: limit + 1,
        newestFirst: true,
        startKey,
      });
      const keys = items.map((item) => parseItem('The key of a listed batch', ListedRow, item));
      const found = await table.getMany(keys.slice(0, limit).map(({ pk, sk }) => ({ pk, sk })));
      const batches = found.map(openaiBatchFromItem).sort((a, b) => (a.batchId < b.batchId ? 1 : -1));
      return { batches, hasMore: keys.length > limit };
    },

    async cancel(key, now) {
      const { tenant, batchId } = key;
      const { item } = await table.update<OpenaiBatchRow>({
        key: openaiBatchKey(tenant, batchId),
        set: { cancelling_at: now },
        condition:
          '#kind = :kind AND attribute_not_exists(#cancelling_at) AND (#status = :validating OR #status = :in_progress)',
        values: { kind: openaiBatchKind, validating: 'validating', in_progress: 'in_progress' },
        returnNew: true,
      });
      return item?.kind === openaiBatchKind ? openaiBatchFromItem(item) : undefined;
    },

    async listDue(now, limit) {
      // What a dead host had is due before its leases end.
      const before = sortableTime(hostStartedAt > 0 ? Number.MAX_SAFE_INTEGER : now);
      const { items } = await table.query({
        index: 'open',
        where: '#open_pk = :partition AND #open_sk < :before',
        values: { partition: openPartition, before },
        limit,
      });
      return items.map((item) => {
        const { pk } = parseItem('The key of an open batch', IndexRow, item);
        const at = pk.lastIndexOf('#');
        return { tenant: pk.slice(0, at), batchId: pk.slice(at + 1) };
      });
    },

    async take(key, { run, from, until }) {
      const { applied, item } = await table.update<OpenaiBatchRow>({
        key: openaiBatchKey(key.tenant, key.batchId),
        set: { run, lease_from: from, lease_until: until, ...open(until, key) },
        condition: [
          '#kind = :kind AND attribute_exists(#open_pk) AND (',
          // An own try, whose answer was lost; one that asks to be ended; one that is due.
          '#run = :run OR (attribute_not_exists(#run) AND (#look_at <= :now OR attribute_exists(#cancelling_at)))',
          'OR #lease_until <= :now OR #lease_from < :started)',
        ].join(' '),
        values: { kind: openaiBatchKind, run, now: from, started: hostStartedAt },
        returnNew: true,
      });
      return applied && item ? openaiBatchFromItem(item) : undefined;
    },

    async save(batch, { run, from, until }) {
      const { applied, item } = await table.update<OpenaiBatchRow>({
        key: openaiBatchKey(batch.tenant, batch.batchId),
        set: { ...changedAttributes(batch), lease_from: from, lease_until: until, ...open(until, batch) },
        condition: '#run = :run',
        values: { run },
        returnNew: true,
      });
      return applied && item ? openaiBatchFromItem(item) : undefined;
    },

    async release(batch, { run }, lookAt) {
      const isOver = hasEnded(batch);
      await table.update<OpenaiBatchRow>({
        key: openaiBatchKey(batch.tenant, batch.batchId),
        set: isOver ? {} : open(lookAt, batch),
        remove: ['run', 'lease_from', 'lease_until', ...(isOver ? (['open_pk', 'open_sk'] as const) : [])],
        condition: '#run = :run',
        values: { run },
      });
    },
  };
}
