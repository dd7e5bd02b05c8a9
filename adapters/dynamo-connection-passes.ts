import { createHash } from 'node:crypto';
import type { Tickets } from '../core/web-socket/connection-passes.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** Tickets as rows of the state table; the row holds a hash, so that reading the table gives no pass. */
export function createDynamoTickets({ table }: { table: DynamoTable }): Tickets {
  const key = (ticket: string) => ({
    pk: `TICKET#${createHash('sha256').update(ticket).digest('base64url')}`,
    sk: 'TICKET',
  });
  return {
    async issue(ticket, tenant, expiresAt) {
      await table.put({
        ...key(ticket),
        tenant,
        expires_at: expiresAt,
        ttl: Math.ceil(expiresAt / 1000),
      });
    },

    async redeem(ticket, now) {
      // Of two who delete it at once, DynamoDB shows the row to one.
      const item = await table.delete(key(ticket));
      return item && (item.expires_at as number) > now ? (item.tenant as string) : undefined;
    },
  };
}
