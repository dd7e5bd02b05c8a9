import type { Change } from './change.ts';

/** US dollars of the attempts that ended with these changes, whatever came of them and of their tasks. */
export function countSpend(changes: readonly Change[]): number {
  let spent = 0;
  for (const change of changes) {
    if (change.kind !== 'task') continue;
    const known = change.before?.timeline.at(-1)?.attempt ?? 0;
    for (const { attempt, costUsd } of change.after.timeline) if (attempt > known) spent += costUsd;
  }
  return spent;
}
