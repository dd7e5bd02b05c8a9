import type { Change } from '../events/change.ts';
import { listShares } from '../events/list-shares.ts';
import type { Delivery } from './deliveries.ts';

/**
 * The deliveries that were tried, and after them the one of the last change if it is not among them: what is to be
 * delivered follows from the row, and is written for the first time with its first try.
 */
export function withPending(tried: Delivery[], subjectId: string, lastChange: Change): Delivery[] {
  const share = listShares([lastChange]).find(({ channel }) => channel === 'webhooks');
  const [message] = share?.channel === 'webhooks' ? share.owed : [];
  if (!message || tried.some(({ eventId }) => eventId === message.event.event_id)) return tried;
  const { tenant, url, event } = message;
  const pending: Delivery = {
    tenant,
    subjectId,
    eventId: event.event_id,
    eventType: event.event_type,
    url,
    status: 'pending',
    attempts: 0,
    lastAttemptAt: null,
    lastStatus: null,
    lastError: null,
    nextAttemptAt: null,
  };
  return [...tried, pending];
}
