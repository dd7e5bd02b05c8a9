/**
 * How old the changes are that events tell of. A client that reconnects names the time of the last event it saw, `since`.
 * While it was away an event of an older change may have been sent, so its replay begins earlier than `since`.
 */
export interface EventLag {
  /**
   * Events of changes that became due at `oldest` (epoch ms) or later are about to be sent, within `noteHoldsMs`. To be
   * called before they are sent, where one is later than `unnotedLagMs`.
   */
  note(oldest: number, now: number): Promise<void>;
  /**
   * Epoch ms. Whoever got an event of a change at `since` can have missed none of a change that became due before this; one
   * that is sent again in the end counts too.
   */
  oldestAfter(since: number): Promise<number>;
}

/** A note holds for sends that begin within this time of it; later ones note again. */
export const noteHoldsMs = 3_000;

/** A connection that takes longer for one event is cut rather than waited for. */
export const sendTimeoutMs = 3_000;

const clocksDifferMs = 2_000;

/** From a note to the end of the last send that it covers. */
export const noteReachesMs = noteHoldsMs + sendTimeoutMs + clocksDifferMs;

/** Events that are sent within this time of their change need no note. */
export const unnotedLagMs = 2_000;

/** So far replays always reach back, for events without a note. */
export const usualReachMs = unnotedLagMs + sendTimeoutMs + clocksDifferMs;
