import * as z from 'zod';
import type { Repeats } from '../core/answers/repeats.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

/** Which task a request without a key made. `until` is in epoch milliseconds: the row may outlive it. */
const RepeatRow = z.object({ task_id: z.string(), until: z.number(), ttl: z.number() });
type RepeatRow = z.input<typeof RepeatRow>;

const repeatKey = (tenant: string, requestHash: string) => ({
  pk: `REPEAT#${tenant}#${requestHash}`,
  sk: 'TASK',
});

/** One row of the state table for each such request. */
export function createDynamoRepeats({ table }: { table: DynamoTable }): Repeats {
  return {
    async note(tenant, requestHash, taskId, until) {
      const row = { task_id: taskId, until, ttl: Math.ceil(until / 1000) };
      await table.put<RepeatRow>({ ...repeatKey(tenant, requestHash), ...row });
    },

    async find(tenant, requestHash, now) {
      const item = await table.get(repeatKey(tenant, requestHash), { consistent: true });
      if (!item) return undefined;
      const row = parseItem('The row of a request that may be repeated', RepeatRow, item);
      return row.until > now ? row.task_id : undefined;
    },
  };
}
