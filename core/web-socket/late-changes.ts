/**
 * Changes of tasks that had been accepted for longer than `usualLifeMs`: those that wait long, of batches, in the
 * background. A replay, which looks through a list in order of acceptance, finds them by these notes alone; so it reads the
 * tasks of a minute, and not of hours.
 */
export interface LateChanges {
  /** Before the events are sent: whoever subscribes after that finds the note. */
  note(tenant: string, changes: readonly LateChange[]): Promise<void>;
  /** Those after this time (epoch ms), the newest first, at most `limit`. */
  after(tenant: string, time: number, limit: number): Promise<LateChange[]>;
}

export interface LateChange {
  taskId: string;
  /** Epoch ms. */
  changedAt: number;
}

/** Most tasks have ended by then; each change of one that has not costs a row. */
export const usualLifeMs = 60_000;
