import * as z from 'zod';
import { CounterIncrement } from '../statistics/counters.ts';
import { DueCharge } from '../tenants/due-charge.ts';
import { WebhookMessage } from '../webhooks/webhook-queue.ts';
import { QueuedEvent } from './queued-event.ts';

/** An event and whose it is. */
export const TenantEvent = z.object({
  tenant: z.string(),
  event: QueuedEvent,
  /**
   * Epoch ms. Its change became due then: earlier than the event's timestamp where the change itself came late (a batch
   * that was counted afterwards). A replay looks back so far.
   */
  dueAt: z.number(),
  /** Epoch ms, of a task's event; absent in those that an earlier version left. */
  acceptedAt: z.number().optional(),
});
export type TenantEvent = z.infer<typeof TenantEvent>;

/** What some changes add to one batch: tasks that started or ended, and their places in it. */
export const BatchCount = z.object({
  tenant: z.string(),
  batchId: z.string(),
  tasks: z.array(
    z.object({
      taskId: z.string(),
      place: z.int().min(0),
      status: z.enum(['processing', 'completed', 'failed', 'cancelled']),
    }),
  ),
  /** Epoch ms: the first of these changes. */
  changedAt: z.number(),
});
export type BatchCount = z.infer<typeof BatchCount>;

/** A record of the stream as it came, with both images: one that this version cannot read. A later one may. */
export const UnreadRecord = z.looseObject({
  eventName: z.string().optional(),
  dynamodb: z.looseObject({ SequenceNumber: z.string().optional() }).optional(),
});
export type UnreadRecord = z.infer<typeof UnreadRecord>;

/**
 * What one channel owes of some changes, with all that it needs: neither the stream nor a row is read again. What a
 * channel could not send waits as a share in a queue, so that it repeats for itself and the stream goes on.
 */
export const Share = z.discriminatedUnion('channel', [
  z.object({ channel: z.literal('web_socket'), owed: z.array(TenantEvent) }),
  z.object({ channel: z.literal('webhooks'), owed: z.array(WebhookMessage) }),
  z.object({ channel: z.literal('bus'), owed: z.array(TenantEvent) }),
  z.object({ channel: z.literal('batches'), owed: z.array(BatchCount) }),
  z.object({ channel: z.literal('counters'), owed: z.array(CounterIncrement) }),
  z.object({ channel: z.literal('charges'), owed: z.array(DueCharge) }),
  // All channels owe what nobody could read.
  z.object({ channel: z.literal('records'), owed: z.array(UnreadRecord) }),
]);
export type Share = z.infer<typeof Share>;

/** Of a channel at whose end somebody waits. */
export type EventShare = Extract<Share, { channel: 'web_socket' | 'webhooks' }>;
