import type { Attempt, Task } from '../../client/wire.ts';

/** A stretch of a task's life, in milliseconds since it was accepted. */
export type Step =
  | { kind: 'wait'; from: number; to: number; waitedFor: Attempt['waited_for'] }
  | { kind: 'attempt'; from: number; to: number; attempt: Attempt }
  | { kind: 'running'; from: number; to: number };

/** Waits and attempts in their order. What has not ended lasts until `now`. */
export function readSteps(task: Task, now: number): Step[] {
  const start = Date.parse(task.created_at);
  const end = task.completed_at ? Date.parse(task.completed_at) : Math.max(now, start);
  const steps: Step[] = [];
  let at = 0;
  for (const attempt of task.timeline ?? []) {
    // Those before the last ten are not told, and clocks of two machines may differ a little.
    const from = Math.max(at, Date.parse(attempt.started_at) - start);
    const to = Math.max(from, Date.parse(attempt.ended_at) - start);
    if (from > at || attempt.waited_for)
      steps.push({ kind: 'wait', from: at, to: from, waitedFor: attempt.waited_for });
    steps.push({ kind: 'attempt', from, to, attempt });
    at = to;
  }
  const last = end - start;
  if (last <= at) return steps;
  if (task.status === 'processing') {
    // `started_at` is that of the first attempt; of a later one only its end is told.
    const began =
      steps.length === 0 && task.started_at ? Math.max(at, Date.parse(task.started_at) - start) : at;
    if (began > at) steps.push({ kind: 'wait', from: at, to: began, waitedFor: null });
    steps.push({ kind: 'running', from: began, to: last });
  } else if (task.status === 'queued' || last - at > 50) {
    steps.push({ kind: 'wait', from: at, to: last, waitedFor: null });
  }
  return steps;
}
