import { deriveUuid } from '../tasks/idempotency.ts';

/**
 * The id of the task at a place of a batch. It is made of the batch's seed, which is another one for each try of a
 * submission: the rows that a try left which did not come to its end are thus told from those of the one that did.
 */
export function batchTaskId(seed: string, index: number): string {
  return `task_${deriveUuid('batch', seed, String(index))}`;
}
