import type { Outgoing } from './change.ts';
import { type Lateness, sendingMs } from './event-lag.ts';

/**
 * To be called before each send: notes how late these events are, at first and whenever the note is too old. A client
 * that comes back while they are being sent must know how far back to look.
 */
export function watchLateness(
  outgoing: Outgoing[],
  lateness: Lateness,
  clock: () => number,
): () => Promise<void> {
  const oldest = Math.min(...outgoing.map(({ event }) => Date.parse(event.timestamp)));
  let noted = Promise.resolve();
  let notedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock();
    if (outgoing.length > 0 && now - notedAt > sendingMs) {
      notedAt = now;
      noted = lateness.note(Math.max(0, now - oldest), now);
    }
    return noted;
  };
}
