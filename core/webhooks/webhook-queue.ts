import * as z from 'zod';
import type { ServiceEvent } from '../events/build-event.ts';
import { taskEventTypes, taskStatuses } from '../tasks/task.ts';
import { WireTaskError } from '../tasks/task-wire.ts';

/**
 * Members in the order they are sent in, and with what a newer version adds: it goes to the receiver as it
 * is.
 */
const QueuedEvent: z.ZodType<ServiceEvent> = z.looseObject({
  event_id: z.string(),
  event_type: z.enum([...taskEventTypes, 'batch.completed']),
  task_id: z.string().nullable(),
  batch_id: z.string().nullable(),
  status: z.enum(taskStatuses),
  version: z.number(),
  timestamp: z.string(),
  data: z.unknown().optional(),
  error: WireTaskError.nullable(),
  data_omitted: z.literal(true).optional(),
} satisfies { [Name in keyof ServiceEvent]-?: z.ZodType<ServiceEvent[Name]> });

/** One delivery to make: everything it needs, so that it outlives the task. */
export const WebhookMessage = z.object({
  tenant: z.string(),
  url: z.string(),
  event: QueuedEvent,
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

export interface WebhookQueue {
  /** Answers the messages that the queue did not take; empty: all are in it. Never throws. */
  send(messages: WebhookMessage[]): Promise<WebhookMessage[]>;
  /** Sets when a message that was received shows again, counted from now. */
  postpone(receiptHandle: string, milliseconds: number): Promise<void>;
}
