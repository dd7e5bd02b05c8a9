import type { Change } from '../events/change.ts';
import { costOf, isFinal, type Task } from '../tasks/task.ts';
import type { DueCharge } from './due-charge.ts';

/** What these changes mean for budgets: of each task with a reservation the last of them. */
export function listCharges(changes: readonly Change[]): DueCharge[] {
  const due = new Map<string, DueCharge>();
  for (const change of changes) {
    if (change.kind !== 'task' || change.after.reservedUsd === undefined) continue;
    const charge = chargeOf(change.after, change.after.reservedUsd);
    if (charge) due.set(`${charge.tenant}/${charge.taskId}`, charge);
  }
  return [...due.values()];
}

/** Undefined: what is reserved stays as it is. */
function chargeOf(task: Task, reservedUsd: number): DueCharge | undefined {
  const { tenant, taskId, createdAt, deadlineAt } = task;
  const key = { tenant, taskId, createdAt, deadlineAt };
  const spent = costOf(task);
  // An open task that has cost something is to be called again, for as much as its first call.
  if (!isFinal(task.status))
    return spent > 0 ? { ...key, usd: spent + reservedUsd, isOver: false } : undefined;
  return isAccountedFor(task) ? { ...key, usd: spent, isOver: true } : undefined;
}

/** False while a worker may still tell what its call used; one that is lost never does, and the sweeper settles what is left. */
function isAccountedFor({ attempts, timeline }: Task): boolean {
  return attempts === 0 || timeline.at(-1)?.attempt === attempts;
}
