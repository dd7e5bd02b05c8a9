import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ConnectionPasses } from '../core/web-socket/connection-passes.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

/** `expires_at` is epoch milliseconds, `ttl` the same in seconds. */
const PassRow = z.object({
  tenant: z.string(),
  credential: z.string().optional(),
  expires_at: z.number(),
  ttl: z.number(),
});
type PassRow = z.input<typeof PassRow>;

/** Rows of the state table. Their keys are hashes, so that whoever reads the table has no pass. */
export function createDynamoConnectionPasses({ table }: { table: DynamoTable }): ConnectionPasses {
  const key = (pass: string) => ({
    pk: `TICKET#${createHash('sha256').update(pass).digest('base64url')}`,
    sk: 'TICKET',
  });
  return {
    async issue(pass, owner, expiresAt) {
      const ttl = Math.ceil(expiresAt / 1000);
      await table.put<PassRow>({ ...key(pass), ...owner, expires_at: expiresAt, ttl });
    },

    async redeem(pass, now) {
      // Of two deletes DynamoDB answers one alone with the row, so a pass is good for one connection.
      const item = await table.delete(key(pass));
      if (!item) return undefined;
      const row = parseItem('The row of a connection pass', PassRow, item);
      if (row.expires_at <= now) return undefined;
      const { tenant, credential } = row;
      return { tenant, ...(credential !== undefined && { credential }) };
    },
  };
}
