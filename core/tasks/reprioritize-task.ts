import { parseRequest } from '../parse-request.ts';
import { toQueuedTask } from '../scheduling/task-message.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import { ServiceError } from '../service-error.ts';
import { taskNotFound } from './get-task.ts';
import type { Task, TaskKey } from './task.ts';
import { ReprioritizeRequest } from './task-request.ts';
import type { TaskStore } from './task-store.ts';

/**
 * Moves a queued task to another priority: it gets a message in that queue, and the worker that meets the old one
 * finds the task taken and drops it. Throws `not_found`, and `conflict` for a task that waits no more.
 */
export async function reprioritizeTask(
  key: TaskKey,
  body: unknown,
  now: number,
  ports: { tasks: Pick<TaskStore, 'reprioritize'>; queues: Pick<TaskQueues, 'enqueue'> },
): Promise<Task> {
  const { priority } = parseRequest(ReprioritizeRequest, body);
  const outcome = await ports.tasks.reprioritize(key, priority, now);
  if (!outcome) throw taskNotFound(key.taskId);
  if (outcome.kind === 'not_queued')
    throw new ServiceError(
      'conflict',
      `Only a queued task can change its priority; it is ${outcome.task.status}`,
    );
  await ports.queues.enqueue([toQueuedTask(outcome.task)]);
  return outcome.task;
}
