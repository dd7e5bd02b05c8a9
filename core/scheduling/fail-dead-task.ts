import { isFinal } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { toQueuedTask } from './task-message.ts';
import type { TaskQueues } from './task-queues.ts';

/**
 * Deals with the messages that SQS put aside because they were received too often, of whatever cause: while its time
 * lasts a task is sent anew, since an accepted task is not ended by waiting; after that it has failed by its deadline.
 * One that ended already stays as it is. Answers how many there were.
 */
export async function failDeadTasks(
  provider: string,
  ports: {
    store: Pick<TaskStore, 'getMany' | 'expire'>;
    queues: Pick<TaskQueues, 'receiveDead' | 'deleteDead' | 'enqueue'>;
  },
  now: number,
): Promise<number> {
  const { store, queues } = ports;
  let seen = 0;
  for (;;) {
    const dead = await queues.receiveDead(provider);
    if (dead.length === 0) return seen;
    for (const { message, handle } of dead) {
      // Not by `get`, which fetches a large result too: nobody looks at it here.
      const [task] = await store.getMany([message], { consistent: true });
      if (task && !isFinal(task.status)) {
        // Sent before it is deleted: at worst there are two messages, and the claim decides.
        if (task.deadlineAt > now) await queues.enqueue([toQueuedTask(task, now)]);
        else await store.expire(task, now);
      }
      await queues.deleteDead(provider, handle);
      seen += 1;
    }
  }
}
