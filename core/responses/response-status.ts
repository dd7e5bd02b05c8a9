import type { Task, TaskResult } from '../tasks/task.ts';

export const responseStatuses = [
  'queued',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
  'incomplete',
] as const;
export type WireResponseStatus = (typeof responseStatuses)[number];

/** How far a task is, as a response says it. Its status never goes back: what is tried again is in progress. */
export function statusOf({
  status,
  attempts,
  result,
}: Pick<Task, 'status' | 'attempts' | 'result'>): WireResponseStatus {
  if (status === 'completed') return result && incompleteReason(result) ? 'incomplete' : 'completed';
  if (status === 'queued') return attempts > 0 ? 'in_progress' : 'queued';
  return status === 'processing' ? 'in_progress' : status;
}

/** Why an answer is not whole; undefined: it is. */
export function incompleteReason({ finishReason }: TaskResult): string | undefined {
  if (finishReason === 'length') return 'max_output_tokens';
  return finishReason === 'content_filter' ? 'content_filter' : undefined;
}
