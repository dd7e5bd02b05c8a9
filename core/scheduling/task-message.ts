import * as z from 'zod';
import type { Priority, Task } from '../tasks/task.ts';

/** What a task's message carries: ids and what a worker must know before it claims. Never prompt or data. */
export const TaskMessage = z.object({
  tenant: z.string(),
  taskId: z.string(),
  type: z.string(),
  deadlineAt: z.number(),
  estimatedTokens: z.number(),
  cacheKey: z.string().nullable(),
});
export type TaskMessage = z.infer<typeof TaskMessage>;

/** A message and the queue it belongs into. */
export interface QueuedTask {
  provider: string;
  priority: Priority;
  message: TaskMessage;
}

function taskMessage(task: Task): TaskMessage {
  const { tenant, taskId, type, deadlineAt, estimatedTokens, cacheKey } = task;
  return { tenant, taskId, type, deadlineAt, estimatedTokens, cacheKey };
}

export function toQueuedTask(task: Task): QueuedTask {
  return { provider: task.provider, priority: task.priority, message: taskMessage(task) };
}
