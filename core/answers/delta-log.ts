import type { ChatDelta } from '../attempts/chat.ts';
import type { TaskKey } from '../tasks/task.ts';

/** Pieces of an answer that were written together. */
export interface DeltaEntry {
  attempt: number;
  /** Counts an attempt's entries from 0. */
  sequence: number;
  /** Characters (UTF-16) of the first choice's text before these. */
  position: number;
  deltas: ChatDelta[];
}

/** How a worker hands on what it reads to whoever waits for its task elsewhere. */
export interface DeltaLog {
  /** @param neededUntil epoch ms, and then as long as results are kept; undefined: for an hour */
  append(key: TaskKey, entry: DeltaEntry, neededUntil?: number): Promise<void>;
  /**
   * Entries from this one on, in their order.
   *
   * @param consistent whatever was appended before is among them
   */
  read(
    key: TaskKey,
    from: { attempt: number; sequence: number },
    consistent?: boolean,
  ): Promise<DeltaEntry[]>;
  /** All that was written for the task. */
  delete(key: TaskKey): Promise<void>;
}
