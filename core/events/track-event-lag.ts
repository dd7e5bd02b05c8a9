import type { Outgoing } from './change.ts';
import { type EventLag, noteHoldsMs } from './event-lag.ts';

/**
 * To be called before each send: notes how late these events are, at first and whenever the note is too old. A client
 * that comes back while they are being sent must know how far back to look.
 */
export function trackEventLag(
  outgoing: Outgoing[],
  eventLag: EventLag,
  clock: () => number,
): () => Promise<void> {
  const oldest = Math.min(...outgoing.map(({ event }) => Date.parse(event.timestamp)));
  let noted = Promise.resolve();
  let notedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock();
    if (outgoing.length > 0 && now - notedAt > noteHoldsMs) {
      notedAt = now;
      noted = eventLag.note(Math.max(0, now - oldest), now);
    }
    return noted;
  };
}
