import { taskNotFound } from '../tasks/get-task.ts';
import type { TaskKey } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { Deliveries, Delivery } from './deliveries.ts';

/** The task's webhooks that were tried at least once. Throws `not_found`. */
export async function listDeliveries(
  key: TaskKey,
  ports: { tasks: Pick<TaskStore, 'getMany'>; deliveries: Deliveries },
): Promise<Delivery[]> {
  const [task] = await ports.tasks.getMany([key], { consistent: true });
  if (!task) throw taskNotFound(key.taskId);
  return ports.deliveries.list(key.tenant, key.taskId);
}
