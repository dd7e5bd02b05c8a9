import * as z from 'zod';
import type { LateEnd, LateEnds } from '../core/web-socket/late-ends.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { sortableTime } from './task-items.ts';

/** A task that ended late: `<when>#<task id>` below its tenant. */
const LateEndRow = z.object({ pk: z.string(), sk: z.string().regex(/^\d{15}#./), ttl: z.number() });
type LateEndRow = z.input<typeof LateEndRow>;

const partitionOf = (tenant: string) => `LATE#${tenant}`;

/** Rows of the state table, kept as long as their tasks. @param retentionMs how long ended tasks are kept */
export function createDynamoLateEnds(options: { table: DynamoTable; retentionMs: number }): LateEnds {
  const { table, retentionMs } = options;
  return {
    async note(tenant, ends) {
      const rows = ends.map(({ taskId, endedAt }): LateEndRow & ItemKey => ({
        pk: partitionOf(tenant),
        sk: `${sortableTime(endedAt)}#${taskId}`,
        ttl: Math.ceil((endedAt + retentionMs) / 1000),
      }));
      // One request may not name a row twice.
      const once = new Map(rows.map((row) => [row.sk, row]));
      if (once.size > 0) await table.putMany([...once.values()]);
    },

    async after(tenant, time, limit) {
      const ends: LateEnd[] = [];
      let startKey: Item | undefined;
      do {
        const page = await table.query({
          where: '#pk = :pk AND #sk >= :from',
          values: { pk: partitionOf(tenant), from: sortableTime(time) },
          newestFirst: true,
          limit: limit - ends.length,
          startKey,
          consistent: true,
        });
        ends.push(...page.items.map(readEnd));
        startKey = page.lastKey;
      } while (startKey && ends.length < limit);
      return ends;
    },
  };
}

function readEnd(item: Item): LateEnd {
  const { sk } = parseItem('The row of a task that ended late', LateEndRow, item);
  const at = sk.indexOf('#');
  return { taskId: sk.slice(at + 1), endedAt: Number(sk.slice(0, at)) };
}
