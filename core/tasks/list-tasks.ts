import { parseRequest } from '../parse-request.ts';
import { createPageBudget } from './page-budget.ts';
import { ListTasksQuery } from './task-request.ts';
import type { TaskPage, TaskStore } from './task-store.ts';

/** A page of the tenant's tasks, newest first. Throws `invalid_request`. */
export async function listTasks(
  tenant: string,
  query: Record<string, string | undefined>,
  tasks: Pick<TaskStore, 'list'>,
): Promise<TaskPage> {
  // A form sends `?status=&limit=5` where a filter was left empty.
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const { status, type, batch_id, limit, cursor } = parseRequest(ListTasksQuery, given);
  return tasks.list(tenant, { status, type, batchId: batch_id }, limit, cursor, createPageBudget());
}
