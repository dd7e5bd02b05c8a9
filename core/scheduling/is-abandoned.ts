import type { Task } from '../tasks/task.ts';

/**
 * Whether a task's worker is gone and no message stands for it: certainly so. Somebody had handed it to its worker and waited
 * for the answer.
 *
 * @param hostStartedAt epoch ms; workers from before are dead
 */
export function isAbandoned(
  { status, unqueued, leaseUntil, changedAt }: Task,
  hostStartedAt: number,
  now: number,
): boolean {
  if (status !== 'processing' || !unqueued) return false;
  return (leaseUntil ?? 0) < now || (changedAt ?? now) < hostStartedAt;
}
