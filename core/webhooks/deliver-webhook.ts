import { type CallbackPolicy, checkCallbackUrl } from './check-callback-url.ts';
import type { Deliveries, DeliveryStatus, TriedDelivery } from './deliveries.ts';
import { receiverGroup } from './receiver-group.ts';
import type { ReceiverHealth } from './receiver-health.ts';
import { signWebhook } from './sign-webhook.ts';
import type { WebhookMessage } from './webhook-queue.ts';
import type { WebhookReply, WebhookSender } from './webhook-sender.ts';

export interface DeliverWebhookPorts {
  sender: WebhookSender;
  deliveries: Deliveries;
  health: ReceiverHealth;
  /** A tenant's signing keys; none: it goes unsigned. Throws where it has none and must be signed. */
  keysOf(tenant: string): Promise<Buffer[]>;
  clock(): number;
}

export interface DeliverWebhookOptions {
  policy: CallbackPolicy;
  /** Milliseconds before each try; as many tries as members. The first has no effect: that try is at once. */
  delays: readonly number[];
}

export type DeliveryOutcome =
  | { kind: 'ended'; status: Exclude<DeliveryStatus, 'pending' | 'dead'> }
  /** Another try after the delay. `dead`: this was the last, the message goes to the dead letters. */
  | { kind: 'again'; status: 'retrying' | 'dead'; delayMs: number; reason: string };

/**
 * One try of one webhook. 2xx ends the delivery, and so does 410 (the receiver does not want it). After
 * anything else, redirects included, it is tried again after a delay. `attempt` counts from 1.
 */
export async function deliverWebhook(
  message: WebhookMessage,
  attempt: number,
  options: DeliverWebhookOptions,
  ports: DeliverWebhookPorts,
): Promise<DeliveryOutcome> {
  const reply = await send(message, options.policy, ports);
  const outcome = decide(reply, attempt, options.delays);
  const now = ports.clock();
  await ports.deliveries.record(toDelivery(message, attempt, reply, outcome, now));
  return outcome;
}

async function send(
  { tenant, url, event, body: ownBody }: WebhookMessage,
  policy: CallbackPolicy,
  { sender, health, keysOf, clock }: DeliverWebhookPorts,
): Promise<WebhookReply> {
  const fault = checkCallbackUrl(url, policy);
  if (fault) return { kind: 'forbidden', reason: `callback_url ${fault}` };
  const receiver = receiverGroup(tenant, url);
  if (!health.begin(receiver, clock()))
    return { kind: 'unreachable', reason: 'not tried: the receiver hangs' };
  const body = JSON.stringify(ownBody ?? event);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'llm-service-webhook/1',
    ...signWebhook(event.event_id, body, await keysOf(tenant), clock()),
  };
  const reply = await sender.post(url, headers, body);
  health.end(receiver, reply.kind === 'timeout');
  return reply;
}

function decide(reply: WebhookReply, attempt: number, delays: readonly number[]): DeliveryOutcome {
  if (reply.kind === 'answered' && reply.status >= 200 && reply.status < 300)
    return { kind: 'ended', status: 'delivered' };
  if (reply.kind === 'answered' && reply.status === 410) return { kind: 'ended', status: 'rejected' };
  const reason = reply.kind === 'answered' ? `answered ${reply.status}` : reply.reason;
  const delayMs = delays[attempt];
  // The queue's maxReceiveCount is the number of tries: shown again, the message goes to the dead letters.
  if (delayMs === undefined) return { kind: 'again', status: 'dead', delayMs: 0, reason };
  return { kind: 'again', status: 'retrying', delayMs, reason };
}

function toDelivery(
  { tenant, url, event }: WebhookMessage,
  attempts: number,
  reply: WebhookReply,
  outcome: DeliveryOutcome,
  now: number,
): TriedDelivery {
  const waits = outcome.kind === 'again' && outcome.status === 'retrying';
  return {
    tenant,
    subjectId: event.task_id ?? event.batch_id ?? '',
    eventId: event.event_id,
    eventType: event.event_type,
    url,
    status: outcome.status === 'retrying' ? 'pending' : outcome.status,
    attempts,
    lastAttemptAt: now,
    lastStatus: reply.kind === 'answered' ? reply.status : null,
    lastError: outcome.kind === 'again' ? outcome.reason : null,
    nextAttemptAt: waits ? now + outcome.delayMs : null,
  };
}
