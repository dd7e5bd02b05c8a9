import type { Task, WaitReason } from '../tasks/task.ts';

/**
 * What becomes of a task whose worker's event loop hangs: it fails. A worker that hangs can say nothing, and whoever
 * took the task next would most likely hang over the same answer, so this is laid down beforehand with somebody who
 * watches the worker and ends it.
 */
export interface LastWill {
  /**
   * Holds for the attempt that the task is in, for five minutes or until it is set again.
   *
   * @param startedAt of the attempt, epoch ms
   * @param waitedFor what the attempt waited for
   */
  set(task: Task, startedAt: number, waitedFor: WaitReason | null): Promise<void>;
  clear(task: Task): void;
}
