import * as z from 'zod';
import { BatchEvent, type ServiceEvent, TaskEvent } from '../events/build-event.ts';

/** What a delivery needs to be sure of; what the event tells is its receiver's business. */
const Envelope = z.union([TaskEvent.omit({ data: true }), BatchEvent.omit({ data: true })]);

/** One delivery to make: everything it needs, so that it outlives the task. */
export const WebhookMessage = z.object({
  tenant: z.string(),
  url: z.string(),
  // Checked and passed on as it is: its receiver gets what a newer version added, in the order it was written.
  event: z.custom<ServiceEvent>((event) => Envelope.safeParse(event).success, 'is not an event'),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

export interface WebhookQueue {
  /** Answers the messages that the queue did not take; empty: all are in it. Never throws. */
  send(messages: WebhookMessage[]): Promise<WebhookMessage[]>;
  /** Sets when a message that was received shows again, counted from now. */
  postpone(receiptHandle: string, milliseconds: number): Promise<void>;
}
