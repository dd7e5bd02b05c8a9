import * as z from 'zod';
import { type Deliveries, type Delivery, deliveryStatuses } from '../core/webhooks/deliveries.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

const keyOf = (tenant: string, subjectId: string) => `DELIVERY#${tenant}#${subjectId}`;

/** The sort key is the event's id. Times are epoch milliseconds, `ttl` is in seconds. */
const DeliveryRow = z.object({
  sk: z.string(),
  event_type: z.string(),
  url: z.string(),
  status: z
    .enum([...deliveryStatuses, 'retrying'])
    // As older versions have it.
    .transform((status) => (status === 'retrying' ? 'pending' : status)),
  attempts: z.number(),
  last_attempt_at: z.number(),
  last_status: z.number().nullable(),
  last_error: z.string().nullable(),
  next_attempt_at: z.number().nullable(),
  ttl: z.number(),
});
type DeliveryRow = z.input<typeof DeliveryRow>;

/** One row of the state table per event and its callback_url, overwritten by each try. */
export function createDynamoDeliveries(options: { table: DynamoTable; retentionMs: number }): Deliveries {
  const { table, retentionMs } = options;
  return {
    async record(delivery) {
      await table.put<DeliveryRow>({
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
        ttl: Math.ceil(((delivery.nextAttemptAt ?? delivery.lastAttemptAt) + retentionMs) / 1000),
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
        .map((item) => fromRow(tenant, subjectId, parseItem('The row of a delivery', DeliveryRow, item)))
        .sort((a, b) => versionOf(a) - versionOf(b));
    },
  };
}

function fromRow(tenant: string, subjectId: string, row: z.output<typeof DeliveryRow>): Delivery {
  return {
    tenant,
    subjectId,
    eventId: row.sk,
    eventType: row.event_type,
    url: row.url,
    status: row.status,
    attempts: row.attempts,
    lastAttemptAt: row.last_attempt_at,
    lastStatus: row.last_status,
    lastError: row.last_error,
    nextAttemptAt: row.next_attempt_at,
  };
}
