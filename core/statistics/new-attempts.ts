import type { AttemptRecord, Task } from '../tasks/task.ts';

/** The attempts that a change added. The row keeps the last ones, and one whose worker had lost the task may come late. */
export function newAttempts(before: Task | undefined, after: Task): AttemptRecord[] {
  const known = new Set(before?.timeline.map(({ attempt }) => attempt));
  return after.timeline.filter(({ attempt }) => !known.has(attempt));
}
