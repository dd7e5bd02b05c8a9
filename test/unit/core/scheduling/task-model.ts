import assert from 'node:assert/strict';
import { isFinal, type Task, type TaskStatus } from '../../../../core/tasks/task.ts';

/** What may follow on what. A claim of a task whose worker died follows `processing` on `processing`. */
const next: Record<TaskStatus, readonly TaskStatus[]> = {
  queued: ['queued', 'processing', 'completed', 'failed', 'cancelled'],
  processing: ['processing', 'queued', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

/** Tasks as their callers see them: what was asked of each, and each change checked against what may follow. */
export function createTaskModel(options: {
  clock: () => number;
  /** A worker's clock may be so far ahead. */
  skewMs: number;
  /** Whether something was done to tasks that may cost attempts: failing calls, faults, crashes. */
  mayFail: () => boolean;
}) {
  const { clock } = options;
  const cancelled = new Set<string>();
  const sweepsSinceDeadline = new Map<string, number>();

  function observe(before: Task | undefined, after: Task): void {
    const name = `${after.taskId}: ${before?.status} → ${after.status}`;
    if (!before) {
      // A direct call may find the answer of an equal task.
      assert.ok(after.status === 'queued' || after.result?.cached, name);
      return;
    }
    assert.ok(next[before.status].includes(after.status), name);
    assert.equal(after.version, before.version + 1, `${name}: version`);
    const isClaim = after.status === 'processing';
    assert.equal(after.attempts, before.attempts + (isClaim ? 1 : 0), `${name}: attempts`);
    const isMove = after.provider !== before.provider;
    assert.equal(after.failovers, before.failovers + (isMove ? 1 : 0), `${name}: failovers`);
    assert.ok(after.providerAttempts <= after.config.maxRetries + 2, `${name}: attempts here`);
    if (isFinal(after.status)) assert.ok(after.completedAt !== null, `${name}: completedAt`);
    if (after.status === 'cancelled') assert.ok(cancelled.has(after.taskId), `${name}: nobody cancelled it`);
    if (after.status === 'completed') assert.ok(after.result, `${name}: no result`);
    if (after.status === 'failed') checkFailure(after, name);
  }

  function checkFailure({ error, deadlineAt }: Task, name: string): void {
    assert.ok(error, `${name}: no error`);
    if (options.mayFail()) return;
    assert.equal(error.code, 'timeout', `${name}: ${error.message}`);
    assert.ok(clock() + options.skewMs >= deadlineAt, `${name} before its deadline`);
  }

  return {
    observe,
    noteCancelled: (taskId: string) => cancelled.add(taskId),
    /** After two sweeps that found its deadline passed no task is open. */
    noteSweep(tasks: readonly Task[], sweptAt: number): void {
      for (const { taskId, status, deadlineAt } of tasks) {
        if (isFinal(status) || deadlineAt > sweptAt) continue;
        const sweeps = (sweepsSinceDeadline.get(taskId) ?? 0) + 1;
        sweepsSinceDeadline.set(taskId, sweeps);
        assert.ok(sweeps < 2, `${taskId} is ${status} though its time was over two sweeps ago`);
      }
    },
  };
}
