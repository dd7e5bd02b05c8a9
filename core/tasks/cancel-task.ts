import { ServiceError } from '../service-error.ts';
import { taskNotFound } from './get-task.ts';
import type { Task, TaskKey } from './task.ts';
import type { TaskStore } from './task-store.ts';

/** Ends a queued or processing task; its worker then aborts the call. Throws `not_found`, `conflict`. */
export async function cancelTask(key: TaskKey, now: number, tasks: Pick<TaskStore, 'cancel'>): Promise<Task> {
  const outcome = await tasks.cancel(key, now);
  if (!outcome) throw taskNotFound(key.taskId);
  if (outcome.kind === 'cancelled') return outcome.task;
  throw new ServiceError('conflict', `The task has ended already: it is ${outcome.task.status}`);
}
