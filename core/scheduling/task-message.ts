import * as z from 'zod';
import type { Priority, Task } from '../tasks/task.ts';

/** What a task's message carries: ids and what a worker must know before it claims. Never prompt or data. */
export const TaskMessage = z.object({
  tenant: z.string(),
  taskId: z.string(),
  type: z.string(),
  /** When the task was accepted: of equally urgent tasks the oldest goes first. Messages of earlier versions have none. */
  createdAt: z.number().default(0),
  deadlineAt: z.number(),
  estimatedTokens: z.number(),
  cacheKey: z.string().nullable(),
  /** Of the task's priority when it was sent: an older one is stale. */
  revision: z.number().default(0),
});
export type TaskMessage = z.infer<typeof TaskMessage>;

/** A message and the queue it belongs into. */
export interface QueuedTask {
  provider: string;
  priority: Priority;
  message: TaskMessage;
  /** Neither it nor its ticket is shown before; SQS allows 15 minutes. */
  delayMs?: number;
  /** Its ticket carries it, and no message is sent: it is to start at once (`carried-tasks.ts`). */
  isCarried?: boolean;
  /** Others were handed in with it, for all of which there was no room. */
  hasOthersBehind?: boolean;
}

function taskMessage(task: Task): TaskMessage {
  const { tenant, taskId, type, createdAt, deadlineAt, estimatedTokens, cacheKey, revision } = task;
  return { tenant, taskId, type, createdAt, deadlineAt, estimatedTokens, cacheKey, revision };
}

/** @param now epoch ms; a task that may not be tried yet is then shown when it may */
export function toQueuedTask(task: Task, now?: number): QueuedTask {
  const delayMs = now === undefined ? 0 : Math.max(0, (task.notBefore ?? 0) - now);
  return { provider: task.provider, priority: task.priority, message: taskMessage(task), delayMs };
}
