import { type EventLag, noteHoldsMs, unnotedLagMs } from './event-lag.ts';
import type { TenantEvent } from './share.ts';

/**
 * Answers a function to be called before each send. It notes how old the oldest of these changes is, once that is unusual
 * and whenever the note is too old: the replay of a client that reconnects meanwhile must go back far enough.
 */
export function trackEventLag(
  events: TenantEvent[],
  eventLag: Pick<EventLag, 'note'>,
  clock: () => number,
): () => Promise<void> {
  const oldest = events.reduce((time, { dueAt }) => Math.min(time, dueAt), Number.POSITIVE_INFINITY);
  let noted = Promise.resolve();
  let notedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock();
    if (now - oldest > unnotedLagMs && now - notedAt > noteHoldsMs) {
      notedAt = now;
      noted = eventLag.note(oldest, now);
    }
    return noted;
  };
}
