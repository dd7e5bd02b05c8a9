import type { TaskQueues } from './task-queues.ts';
import type { WaitingTask } from './waiting-tasks.ts';

/** Lets a waiting task be received again: its message shows, and a ticket comes for it. */
export function createWake(queues: Pick<TaskQueues, 'setVisibility' | 'sendTickets'>) {
  return async function wake({ provider, received }: WaitingTask, delayMs = 0): Promise<void> {
    await queues.setVisibility(provider, received, delayMs);
    await queues.sendTickets(provider, 1, delayMs);
  };
}
