import type { Outgoing } from './change.ts';
import { type EventLag, noteHoldsMs } from './event-lag.ts';

/**
 * Answers a function to be called before each send. It notes how late these events are, at first and whenever
 * the note is too old: the replay of a client that reconnects meanwhile must go back far enough.
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
