import type { TaskPage, TaskStore } from './ports/task-store.ts';
import { parseRequest } from './request-faults.ts';
import { ListTasksQuery } from './task-request.ts';

/** A page of the tenant's tasks, newest first. Throws `invalid_request`. */
export async function listTasks(
  tenant: string,
  query: Record<string, string | undefined>,
  tasks: Pick<TaskStore, 'list'>,
): Promise<TaskPage> {
  const { status, type, batch_id, limit, cursor } = parseRequest(ListTasksQuery, query);
  return tasks.list(tenant, { status, type, batchId: batch_id }, limit, cursor);
}
