import { longestCallMs } from '../scheduling/hold-times.ts';
import { costOf, isFinal } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { Budgets } from './budgets.ts';

const chargesAtOnce = 100;
/** A task is failed by its deadline within so long, and what its call used is told. */
const settledMs = longestCallMs + 5 * 60_000;

/**
 * Settles what a crash left: charges of tasks that have ended, or were never stored, and whose end nobody told the budget.
 * Every open task ends by its deadline, so that only charges past it are looked at. Answers how many there were.
 */
export async function settleOverdue(
  tenants: readonly string[],
  { budgets, tasks }: { budgets: Pick<Budgets, 'listOverdue' | 'settle'>; tasks: Pick<TaskStore, 'getMany'> },
  now: number,
): Promise<number> {
  let settled = 0;
  for (const tenant of tenants) {
    const overdue = await budgets.listOverdue(tenant, now - settledMs, chargesAtOnce);
    const rows = overdue.length > 0 ? await tasks.getMany(overdue, { consistent: true }) : [];
    for (const charge of overdue) {
      const task = rows.find(({ taskId }) => taskId === charge.taskId);
      if (task && !isFinal(task.status)) continue;
      // Another request with the same key may have made the task: its charge is another.
      const isOwn = task?.deadlineAt === charge.deadlineAt;
      await budgets.settle({ ...charge, usd: task && isOwn ? costOf(task) : 0 });
      settled += 1;
    }
  }
  return settled;
}
