/**
 * How late events have been. A client that was away tells the last event it saw; an event of an older change that was
 * sent meanwhile lies before that, by no more than this.
 */
export interface EventLag {
  /** Events this late are about to be sent, within `noteHoldsMs` from now. Written before they are. */
  note(lagMs: number, now: number): Promise<void>;
  /** At least the most that any event sent after `since` (epoch ms) was late. */
  after(since: number): Promise<number>;
}

/** A note holds for sends that begin within this time of it; later ones note again. */
export const noteHoldsMs = 3_000;

/** A connection that takes longer for one event is cut rather than waited for. */
export const sendTimeoutMs = 3_000;

/** From a note to the last byte of a send that began just within its time; the rest is for clocks. */
export const noteReachesMs = noteHoldsMs + sendTimeoutMs + 2_000;

/** Replays always reach back this far, so that a lag of up to four seconds needs no note. */
export const usualLagMs = noteReachesMs + 4_000;
