import { taskNotFound } from './get-task.ts';
import type { Deliveries, Delivery } from './ports/deliveries.ts';
import type { TaskStore } from './ports/task-store.ts';
import type { TaskKey } from './task.ts';

/** What became of each of the task's webhooks, once tried. Throws `not_found`. */
export async function listDeliveries(
  key: TaskKey,
  ports: { tasks: Pick<TaskStore, 'getMany'>; deliveries: Deliveries },
): Promise<Delivery[]> {
  const [task] = await ports.tasks.getMany([key], { consistent: true });
  if (!task) throw taskNotFound(key.taskId);
  return ports.deliveries.list(key.tenant, key.taskId);
}
