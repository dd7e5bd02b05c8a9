import { batchWindowMs, longestLifeMs } from '../core/tasks/task-life.ts';
import type { Settings } from './settings.ts';

type Lives = Pick<Settings, 'taskTimeoutMs' | 'retentionMs'>;

/** From acceptance to the deadline of a task for which nobody waits: as long as its result would be kept. */
export function unhurriedLifeMs({ taskTimeoutMs, retentionMs }: Lives): number {
  return Math.min(Math.max(retentionMs, taskTimeoutMs), longestLifeMs);
}

/** No task of this deployment lives longer. */
export function boundOfLifeMs(lives: Lives): number {
  return Math.max(unhurriedLifeMs(lives), batchWindowMs);
}
