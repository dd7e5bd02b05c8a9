import * as z from 'zod';
import type { ServiceEvent } from '../events/build-event.ts';

/** One delivery to make: everything it needs, so that it outlives the task. */
export const WebhookMessage = z.object({
  tenant: z.string(),
  url: z.string(),
  event: z.custom<ServiceEvent>((value) => typeof (value as ServiceEvent | null)?.event_id === 'string'),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

export interface WebhookQueue {
  /** Answers the messages that the queue did not take; empty: all are in it. Never throws. */
  send(messages: WebhookMessage[]): Promise<WebhookMessage[]>;
  /** Sets when a message that was received shows again, counted from now. */
  postpone(receiptHandle: string, milliseconds: number): Promise<void>;
}
