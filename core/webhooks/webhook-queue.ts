import * as z from 'zod';
import { QueuedEvent } from '../events/queued-event.ts';
import { OpenaiEvent } from '../openai/openai-event.ts';

/** One delivery to make: everything it needs, so that it does not depend on the row of its task. */
export const WebhookMessage = z.object({
  tenant: z.string(),
  url: z.string(),
  event: QueuedEvent,
  /** Sent in place of the event, in the form of another API. */
  body: OpenaiEvent.optional(),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

/** A delivery as it came from the queue. */
export interface ReceivedWebhook {
  body: string;
  handle: string;
  /** Counts from 1. */
  attempt: number;
}

export interface WebhookQueue {
  /** Answers the messages that the queue did not take; empty: all are in it. Never throws. */
  send(messages: WebhookMessage[]): Promise<WebhookMessage[]>;
  /** Sets when a message that was received shows again, counted from now. */
  postpone(receiptHandle: string, milliseconds: number): Promise<void>;
  /** At most ten that show now, or within so many seconds. */
  receive(waitSeconds: number): Promise<ReceivedWebhook[]>;
  delete(receiptHandle: string): Promise<void>;
}
