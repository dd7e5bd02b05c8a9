import type { Change } from '../events/change.ts';
import type { TaskErrorCode } from '../service-error.ts';
import { type AttemptRecord, isFinal, type Task, type TaskResult } from '../tasks/task.ts';

/** These say nothing of a provider. */
const ownCodes: readonly TaskErrorCode[] = ['timeout', 'internal', 'no_provider_available'];

/**
 * The changes that a task has been through until `until` (epoch ms), as far as its row still tells: accepted, each attempt,
 * its end. They are counted like those that came when they happened. The last ten attempts are all that is known.
 */
export function replayTask(task: Task, until: number): Change[] {
  const [first] = task.timeline;
  const accepted: Task = {
    ...task,
    status: 'queued',
    lastEvent: 'queued',
    version: 0,
    failovers: 0,
    provider: first?.provider ?? task.provider,
    completedAt: null,
    timeline: [],
    result: null,
    error: null,
  };
  const states: { at: number; state: Task }[] = [{ at: task.createdAt, state: accepted }];
  // It may also have ended between two attempts, as by its deadline.
  const endedBy = task.timeline.at(-1)?.outcome === task.status ? task.timeline.at(-1) : undefined;
  for (const [index, attempt] of task.timeline.entries())
    if (attempt !== endedBy) states.push({ at: attempt.endedAt, state: afterAttempt(accepted, task, index) });
  if (isFinal(task.status)) states.push({ at: task.completedAt ?? task.createdAt, state: endOf(task) });
  const past = states.filter(({ at }) => at <= until);
  return past.map(({ state }, index) => ({
    kind: 'task',
    sequence: '',
    before: past[index - 1] && { ...past[index - 1]?.state, version: index - 1 },
    after: { ...state, version: index },
  })) as Change[];
}

/** A task that goes on after this attempt. */
function afterAttempt(accepted: Task, { timeline }: Task, index: number): Task {
  const attempt = timeline[index] as AttemptRecord;
  const { code, provider, outcome } = attempt;
  const moves = timeline
    .slice(0, index + 2)
    .filter((each, at, all) => at > 0 && each.provider !== all[at - 1]?.provider);
  return {
    ...accepted,
    provider: timeline[index + 1]?.provider ?? provider,
    // An attempt that was lost with its worker was no answer of the provider.
    lastEvent: outcome === 'retrying' || outcome === 'failed' ? 'retrying' : 'queued',
    failovers: moves.length,
    timeline: timeline.slice(0, index + 1),
    error: code === null || ownCodes.includes(code) ? null : { code, message: '', provider, retryable: true },
  };
}

/** A result that lies elsewhere, as far as the attempt that brought it tells; from the cache, if none did. */
function endOf(task: Task): Task {
  if (task.status !== 'completed' || task.result) return task;
  const attempt = task.timeline.at(-1);
  const result: TaskResult = {
    content: '',
    finishReason: '',
    cached: attempt?.outcome !== 'completed',
    usage: attempt?.usage ?? { promptTokens: 0, completionTokens: 0 },
    costUsd: attempt?.costUsd ?? 0,
    latencyMs: attempt ? attempt.endedAt - attempt.startedAt : 0,
  };
  return { ...task, result };
}
