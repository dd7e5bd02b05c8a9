import { taskNotFound } from '../tasks/get-task.ts';
import type { TaskKey } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import { withPending } from './with-pending.ts';

/**
 * The task's webhooks: those that were tried, and the one of its last change before that is tried. Throws `not_found`.
 */
export async function listDeliveries(
  key: TaskKey,
  ports: { tasks: Pick<TaskStore, 'getMany'>; deliveries: Pick<Deliveries, 'list'> },
): Promise<Delivery[]> {
  const [task] = await ports.tasks.getMany([key], { consistent: true });
  if (!task) throw taskNotFound(key.taskId);
  const tried = await ports.deliveries.list(key.tenant, key.taskId);
  return withPending(tried, key.taskId, { kind: 'task', sequence: '', before: undefined, after: task });
}
