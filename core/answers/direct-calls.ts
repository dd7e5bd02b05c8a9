import type { DirectEvent, DirectTask } from '../scheduling/run-direct-task.ts';

export type DirectAnswer =
  | DirectEvent
  /** The worker ended, or could not be heard any more, without saying what became of the task. */
  | { kind: 'lost' };

/** Hands a task to the worker of its provider, without a queue. */
export interface DirectCalls {
  /**
   * What the worker tells, as it comes. `refused`, `exists`, `settled` and `lost` are the last.
   *
   * @param signal aborted, nobody listens any more; the worker goes on
   */
  run(direct: DirectTask, signal: AbortSignal): AsyncIterable<DirectAnswer>;
}
