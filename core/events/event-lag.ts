/**
 * How late events have been. A client that was away tells the last event it saw; an event of an older change that was
 * sent meanwhile lies before that, by no more than this.
 */
export interface Lateness {
  /** Events this late are about to be sent, within `sendingMs` from now. Written before they are. */
  note(lateMs: number, now: number): Promise<void>;
  /** At least the most that any event sent after `since` (epoch ms) was late. */
  after(since: number): Promise<number>;
}

/** A note holds for sends that begin within this time of it; longer ones note again. */
export const sendingMs = 3_000;

/** Replays always reach back this far, so that usual lateness needs no note. */
export const usualLatenessMs = 12_000;
