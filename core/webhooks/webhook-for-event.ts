import type { Outgoing } from '../events/change.ts';
import { isFinal } from '../tasks/task.ts';
import type { WebhookMessage } from './webhook-queue.ts';

/**
 * The delivery of this event to the task's callback URL, if any: final events always, others where
 * `callback_events` names them. The completion of a batch goes to the batch's own URL.
 */
export function webhookOf({ change, tenant, event }: Outgoing): WebhookMessage | undefined {
  const url = change.after.callbackUrl;
  if (url === null) return undefined;
  const wanted =
    change.kind === 'batch' ||
    isFinal(change.after.status) ||
    change.after.callbackEvents?.includes(change.after.lastEvent);
  return wanted ? { tenant, url, event } : undefined;
}
