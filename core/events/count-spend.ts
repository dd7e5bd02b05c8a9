import { newAttempts } from '../statistics/new-attempts.ts';
import type { Change } from './change.ts';

/** US dollars of the attempts that ended with these changes, whatever came of them and of their tasks. */
export function countSpend(changes: readonly Change[]): number {
  let spent = 0;
  for (const change of changes) {
    if (change.kind !== 'task') continue;
    for (const { costUsd } of newAttempts(change.before, change.after)) spent += costUsd;
  }
  return spent;
}
