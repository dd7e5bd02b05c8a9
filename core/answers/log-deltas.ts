import type { ChatDelta } from '../attempts/chat.ts';
import type { TaskKey } from '../tasks/task.ts';
import type { DeltaLog } from './delta-log.ts';
import type { DeltaSink } from './delta-sink.ts';
import { firstText, mergeDeltas } from './merge-deltas.ts';

/** Milliseconds between two entries of a log: each is a paid write, and half a second is what a reader is promised. */
export const logEveryMs = 400;

/** Writes pieces to the log, the first at once, later ones together. */
export function createDeltaLogger(options: {
  log: DeltaLog;
  sleep: (milliseconds: number) => Promise<unknown>;
  onError: (error: unknown) => void;
}) {
  return function logDeltas(key: TaskKey, attempt: number, neededUntil?: number): DeltaSink {
    let waiting: ChatDelta[] = [];
    let sequence = 0;
    let position = 0;
    let isWriting = false;
    let appended: Promise<void> = Promise.resolve();

    /** One after the other, so that a reader never sees a later entry before an earlier one. */
    function append(): Promise<void> {
      if (waiting.length === 0) return appended;
      const deltas = mergeDeltas(waiting);
      waiting = [];
      const entry = { attempt, sequence, position, deltas };
      sequence += 1;
      position += deltas.map(firstText).join('').length;
      // A reader that misses it has the rest from the result.
      appended = appended.then(() => options.log.append(key, entry, neededUntil)).catch(options.onError);
      return appended;
    }

    async function write(): Promise<void> {
      isWriting = true;
      while (waiting.length > 0) {
        await append();
        await options.sleep(logEveryMs);
      }
      isWriting = false;
    }

    return {
      take(delta) {
        waiting.push(delta);
        if (!isWriting) void write();
      },
      // Without the pause: the row that says the task has ended is written after it.
      end: append,
    };
  };
}
