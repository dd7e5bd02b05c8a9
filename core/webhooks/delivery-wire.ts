import * as z from 'zod';
import { listMeanings } from '../http-contract/list-meanings.ts';
import { toWireTimeOrNull, WireTime } from '../wire-time.ts';
import { type Delivery, deliveryStatuses } from './deliveries.ts';

const WireDelivery = z
  .object({
    event_id: z.string().meta({ description: 'Its header `webhook-id`' }),
    event_type: z.string(),
    url: z.string(),
    status: z.enum(deliveryStatuses).meta({
      description: listMeanings({
        pending: 'it was not tried yet, or the last try failed and another one follows',
        delivered: 'the receiver answered 2xx',
        rejected: 'the receiver answered 410 and is not asked again',
        dead:
          'the last try failed; the event is kept in the dead-letter queue, from where an operator may ' +
          'replay it',
      }),
    }),
    attempts: z.int().meta({ description: 'Tries so far' }),
    last_attempt_at: WireTime.nullable().meta({ description: 'Null before the first try' }),
    last_status: z
      .int()
      .nullable()
      .meta({ description: 'HTTP status of the last answer; null: there was none' }),
    last_error: z.string().nullable().meta({
      description: "Why the last try failed, in the service's words; nothing that the receiver said",
    }),
    next_attempt_at: WireTime.nullable().meta({
      description: 'Null where no try follows, and before the first, which is made at once',
    }),
  })
  .meta({ id: 'Delivery' });
type WireDelivery = z.infer<typeof WireDelivery>;

export const DeliveryList = z.object({ deliveries: z.array(WireDelivery) }).meta({ id: 'DeliveryList' });

export function toWireDelivery(delivery: Delivery): WireDelivery {
  return {
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    url: delivery.url,
    status: delivery.status,
    attempts: delivery.attempts,
    last_attempt_at: toWireTimeOrNull(delivery.lastAttemptAt),
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    next_attempt_at: toWireTimeOrNull(delivery.nextAttemptAt),
  };
}
