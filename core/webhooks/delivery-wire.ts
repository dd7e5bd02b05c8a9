import * as z from 'zod';
import { toWireTime, toWireTimeOrNull, WireTime } from '../wire-time.ts';
import type { Delivery } from './deliveries.ts';

export const WireDelivery = z
  .object({
    event_id: z.string(),
    event_type: z.string(),
    url: z.string(),
    status: z.enum(['retrying', 'delivered', 'rejected', 'dead']),
    attempts: z.int(),
    last_attempt_at: WireTime,
    last_status: z
      .int()
      .nullable()
      .meta({ description: 'HTTP status of the last answer; null: there was none' }),
    last_error: z.string().nullable(),
    next_attempt_at: WireTime.nullable(),
  })
  .meta({ id: 'Delivery' });
export type WireDelivery = z.infer<typeof WireDelivery>;

export function toWireDelivery(delivery: Delivery): WireDelivery {
  return {
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    url: delivery.url,
    status: delivery.status,
    attempts: delivery.attempts,
    last_attempt_at: toWireTime(delivery.lastAttemptAt),
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    next_attempt_at: toWireTimeOrNull(delivery.nextAttemptAt),
  };
}
