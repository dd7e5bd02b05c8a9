import { createHash } from 'node:crypto';
import type { ConnectionPasses } from '../core/web-socket/connection-passes.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** ConnectionPasses as rows of the state table; the row holds a hash, so that reading the table gives no pass. */
export function createDynamoConnectionPasses({ table }: { table: DynamoTable }): ConnectionPasses {
  const key = (pass: string) => ({
    pk: `TICKET#${createHash('sha256').update(pass).digest('base64url')}`,
    sk: 'TICKET',
  });
  return {
    async issue(pass, tenant, expiresAt) {
      await table.put({
        ...key(pass),
        tenant,
        expires_at: expiresAt,
        ttl: Math.ceil(expiresAt / 1000),
      });
    },

    async redeem(pass, now) {
      // Of two who delete it at once, DynamoDB shows the row to one.
      const item = await table.delete(key(pass));
      return item && (item.expires_at as number) > now ? (item.tenant as string) : undefined;
    },
  };
}
