import type { Deliveries, Delivery } from '../core/webhooks/deliveries.ts';
import type { DynamoTable, Item } from './dynamo-table.ts';

const keyOf = (tenant: string, subjectId: string) => `DELIVERY#${tenant}#${subjectId}`;

/** One row of the state table per event and its callback_url, overwritten by each try. */
export function createDynamoDeliveries(options: { table: DynamoTable; retentionMs: number }): Deliveries {
  const { table, retentionMs } = options;
  return {
    async record(delivery) {
      await table.put({
        pk: keyOf(delivery.tenant, delivery.subjectId),
        sk: delivery.eventId,
        event_type: delivery.eventType,
        url: delivery.url,
        status: delivery.status,
        attempts: delivery.attempts,
        last_attempt_at: delivery.lastAttemptAt,
        last_status: delivery.lastStatus,
        last_error: delivery.lastError,
        next_attempt_at: delivery.nextAttemptAt,
        ttl: Math.ceil((delivery.lastAttemptAt + retentionMs) / 1000),
      });
    },

    async list(tenant, subjectId) {
      // A task has a handful of events, far below a page.
      const page = await table.query({
        where: '#pk = :pk',
        values: { pk: keyOf(tenant, subjectId) },
        consistent: true,
      });
      const versionOf = ({ eventId }: Delivery) => Number(eventId.slice(eventId.lastIndexOf('_') + 1));
      return page.items
        .map((item) => fromItem(tenant, subjectId, item))
        .sort((a, b) => versionOf(a) - versionOf(b));
    },
  };
}

function fromItem(tenant: string, subjectId: string, item: Item): Delivery {
  return {
    tenant,
    subjectId,
    eventId: item.sk as string,
    eventType: item.event_type as string,
    url: item.url as string,
    status: item.status as Delivery['status'],
    attempts: item.attempts as number,
    lastAttemptAt: item.last_attempt_at as number,
    lastStatus: (item.last_status as number) ?? null,
    lastError: (item.last_error as string) ?? null,
    nextAttemptAt: (item.next_attempt_at as number) ?? null,
  };
}
