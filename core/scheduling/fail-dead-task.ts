import type { TaskStore } from '../tasks/task-store.ts';
import type { TaskMessage } from './task-message.ts';

/**
 * Ends a task whose message went to the dead-letter queue: no worker could deal with it for as long as SQS allows.
 * An accepted task must end, and the caller be told; one that ended already stays as it is.
 */
export async function failDeadTask(
  store: Pick<TaskStore, 'failOpen'>,
  message: TaskMessage,
  now: number,
): Promise<boolean> {
  const text = 'The task was postponed more often than its queue allows';
  const error = { code: 'retries_exhausted', message: text, provider: null, retryable: true } as const;
  return store.failOpen(message, error, now);
}
