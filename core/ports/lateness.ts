/**
 * How late events have been. A client that was away tells the last event it saw; an event of an older change that was
 * sent meanwhile lies before that, by no more than this.
 */
export interface Lateness {
  /** Events were about to be sent this late. Written before they are. */
  note(lateMs: number, now: number): Promise<void>;
  /** At least the most that any event sent after `since` (epoch ms) was late. */
  after(since: number): Promise<number>;
}

/** Up to here lateness is not worth a write: replays allow for it anyway. */
export const usualLatenessMs = 5_000;
