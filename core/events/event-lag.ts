/**
 * How late events are sent after the changes that they tell of. A client that reconnects names the time of
 * the last event it saw, `since`. While it was away an event of an older change may have been sent, so its
 * replay begins earlier than `since`, by this lag.
 */
export interface EventLag {
  /** Events this late are about to be sent, within `noteHoldsMs`. To be called before they are sent. */
  note(lagMs: number, now: number): Promise<void>;
  /** No event sent after `since` (epoch ms) was later than this, in milliseconds; one that is sent again in the end counts too. */
  after(since: number): Promise<number>;
}

/** A note holds for sends that begin within this time of it; later ones note again. */
export const noteHoldsMs = 3_000;

/** A connection that takes longer for one event is cut rather than waited for. */
export const sendTimeoutMs = 3_000;

/** From a note to the end of the last send that it covers, and two seconds for clocks that differ. */
export const noteReachesMs = noteHoldsMs + sendTimeoutMs + 2_000;

/** Replays always reach back this far, so that a lag of up to four seconds needs no note. */
export const usualLagMs = noteReachesMs + 4_000;
