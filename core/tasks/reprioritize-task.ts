import { parseRequest } from '../parse-request.ts';
import { toQueuedTask } from '../scheduling/task-message.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import { ServiceError } from '../service-error.ts';
import { permitPriority } from '../tenants/check-choice.ts';
import type { TenantLimits } from '../tenants/tenant-limits.ts';
import { taskNotFound } from './get-task.ts';
import type { Task, TaskKey } from './task.ts';
import { ReprioritizeRequest } from './task-request.ts';
import type { TaskStore } from './task-store.ts';

/**
 * Moves a queued task to another priority: a message with the next revision goes into that queue, then the row names
 * it, and the worker that meets the older message drops it. Dying in between leaves a message too many, never one too
 * few. The priority that the task has changes nothing. Throws `not_found`, `forbidden`, and `conflict` for
 * a task that waits no more.
 */
export async function reprioritizeTask(
  key: TaskKey,
  body: unknown,
  now: number,
  ports: { tasks: Pick<TaskStore, 'get' | 'reprioritize'>; queues: Pick<TaskQueues, 'enqueue'> },
  limits: TenantLimits = {},
): Promise<Task> {
  const { priority } = parseRequest(ReprioritizeRequest, body);
  for (;;) {
    const task = await ports.tasks.get(key);
    if (!task) throw taskNotFound(key.taskId);
    if (task.status !== 'queued')
      throw new ServiceError('conflict', `Only a queued task can change its priority; it is ${task.status}`);
    if (task.priority === priority) return task;
    permitPriority(limits, priority, true);
    await ports.queues.enqueue([toQueuedTask({ ...task, priority, revision: task.revision + 1 }, now)]);
    const outcome = await ports.tasks.reprioritize(key, priority, task.revision);
    if (outcome?.changed) return outcome.task;
  }
}
