import { ServiceError } from '../service-error.ts';
import { isFinal, type Task, type TaskKey } from './task.ts';
import type { TaskStore } from './task-store.ts';

export function taskNotFound(taskId: string): ServiceError {
  return new ServiceError('not_found', `There is no task ${taskId}`);
}

/** The task. One past its deadline is failed with `timeout` first. Throws `not_found`. */
export async function getTask(
  key: TaskKey,
  now: number,
  tasks: Pick<TaskStore, 'get' | 'expire'>,
): Promise<Task> {
  const task = await tasks.get(key);
  if (!task) throw taskNotFound(key.taskId);
  if (isFinal(task.status) || task.deadlineAt > now) return task;
  await tasks.expire(key, now);
  return (await tasks.get(key)) ?? task;
}
