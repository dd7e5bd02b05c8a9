import * as z from 'zod';
import type { LateChange, LateChanges } from '../core/web-socket/late-changes.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { sortableTime } from './task-items.ts';

/** A task that changed late: `<when>#<task id>` below its tenant. */
const LateChangeRow = z.object({ pk: z.string(), sk: z.string().regex(/^\d{15}#./), ttl: z.number() });
type LateChangeRow = z.input<typeof LateChangeRow>;

const partitionOf = (tenant: string) => `LATE#${tenant}`;

/** Rows of the state table, kept as long as their tasks. @param retentionMs how long ended tasks are kept */
export function createDynamoLateChanges(options: { table: DynamoTable; retentionMs: number }): LateChanges {
  const { table, retentionMs } = options;
  return {
    async note(tenant, changes) {
      const rows = changes.map(({ taskId, changedAt }): LateChangeRow & ItemKey => ({
        pk: partitionOf(tenant),
        sk: `${sortableTime(changedAt)}#${taskId}`,
        ttl: Math.ceil((changedAt + retentionMs) / 1000),
      }));
      // One request may not name a row twice.
      const once = new Map(rows.map((row) => [row.sk, row]));
      if (once.size > 0) await table.putMany([...once.values()]);
    },

    async after(tenant, time, limit) {
      const changes: LateChange[] = [];
      let startKey: Item | undefined;
      do {
        const page = await table.query({
          where: '#pk = :pk AND #sk >= :from',
          values: { pk: partitionOf(tenant), from: sortableTime(time) },
          newestFirst: true,
          limit: limit - changes.length,
          startKey,
          consistent: true,
        });
        changes.push(...page.items.map(readChange));
        startKey = page.lastKey;
      } while (startKey && changes.length < limit);
      return changes;
    },
  };
}

function readChange(item: Item): LateChange {
  const { sk } = parseItem('The row of a task that changed late', LateChangeRow, item);
  const at = sk.indexOf('#');
  return { taskId: sk.slice(at + 1), changedAt: Number(sk.slice(0, at)) };
}
