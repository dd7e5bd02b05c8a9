import type { Task } from '../tasks/task.ts';
import type { QueuedTask, TaskMessage } from './task-queues.ts';

/** What a worker must know of a task before it claims it. */
function taskMessage(task: Task): TaskMessage {
  const { tenant, taskId, type, deadlineAt, estimatedTokens, cacheKey } = task;
  return { tenant, taskId, type, deadlineAt, estimatedTokens, cacheKey };
}

/** The message and the queue it belongs into. */
export function toQueuedTask(task: Task): QueuedTask {
  return { provider: task.provider, priority: task.priority, message: taskMessage(task) };
}
