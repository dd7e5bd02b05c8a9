import { isFinal, type Task, type TaskInput, type TaskKey } from '../../../core/tasks/task.ts';
import type { NewTask, TaskStore } from '../../../core/tasks/task-store.ts';

export interface MemoryTaskStore extends TaskStore {
  all(): Task[];
}

interface Row {
  task: Task;
  leaseUntil: number;
  /** Who claimed it, so that a repeat after a lost answer is known. */
  claimant: string;
}

/** The table of tasks in memory, with the conditions of the port; each change is told as the stream would tell it. */
export function createMemoryTaskStore(
  onChange: (before: Task | undefined, after: Task) => void = () => {},
): MemoryTaskStore {
  const rows = new Map<string, Row>();
  const inputs = new Map<string, TaskInput>();
  const find = ({ tenant, taskId }: TaskKey) => {
    const row = rows.get(taskId);
    return row?.task.tenant === tenant ? row : undefined;
  };
  const isHeld = (row: Row | undefined, attempt: number) =>
    row?.task.status === 'processing' && row.task.attempts === attempt;

  const free = (row: Row) => Object.assign(row, { leaseUntil: 0, claimant: '' });

  function change(row: Row, members: Partial<Task>): Task {
    const before = row.task;
    row.task = { ...before, ...members, version: before.version + 1 };
    onChange(before, row.task);
    return row.task;
  }
  function end(key: TaskKey, attempt: number | undefined, members: Partial<Task>, now: number): boolean {
    const row = find(key);
    if (!row || isFinal(row.task.status)) return attempt !== undefined && isOwnRepeat(row, attempt, members);
    if (attempt !== undefined && !isHeld(row, attempt)) return false;
    free(row);
    const { status = 'failed' } = members;
    change(row, { ...members, lastEvent: status as Task['lastEvent'], completedAt: now });
    return true;
  }
  const isOwnRepeat = (row: Row | undefined, attempt: number, { status, timeline }: Partial<Task>) =>
    row !== undefined &&
    row.task.status === status &&
    row.task.attempts === attempt &&
    row.task.timeline.at(-1)?.endedAt === timeline?.at(-1)?.endedAt;
  const extended = (task: Task, record: Task['timeline'][number] | null) =>
    record ? [...task.timeline, record].slice(-10) : task.timeline;

  return {
    all: () => [...rows.values()].map(({ task }) => task),
    async create(list: NewTask[]) {
      for (const { task, input } of list) {
        rows.set(task.taskId, { task, leaseUntil: 0, claimant: '' });
        inputs.set(task.taskId, input);
        onChange(undefined, task);
      }
    },
    async createOnce(task, requestHash) {
      const found = find(task.task);
      if (!found) await this.create([task]);
      return { created: !found, task: found?.task ?? task.task, requestHash };
    },
    get: async (key) => find(key)?.task,
    getMany: async (keys) =>
      keys.flatMap((key) => {
        const row = find(key);
        return row ? { ...row.task, leaseUntil: row.leaseUntil || undefined } : [];
      }),
    readInput: async ({ taskId }) => inputs.get(taskId),
    list: async () => ({ tasks: [], nextCursor: null }),

    async claim(message, provider, claimant, now, leaseUntil, unqueued) {
      const row = find(message);
      if (!row) return { kind: 'missing' };
      const { task } = row;
      if (task.status === 'processing' && row.claimant === claimant) return { kind: 'claimed', task };
      if (isFinal(task.status)) return { kind: 'final' };
      if (task.provider !== provider) return { kind: 'moved', task };
      if (message.revision < task.revision) return { kind: 'stale' };
      if (task.status === 'processing' && row.leaseUntil >= now)
        return { kind: 'leased', leaseUntil: row.leaseUntil };
      if (task.status === 'queued' && (task.notBefore ?? 0) > now + 1_000)
        return { kind: 'early', notBefore: task.notBefore ?? 0 };
      row.leaseUntil = leaseUntil;
      row.claimant = claimant;
      const claimed = change(row, {
        status: 'processing',
        lastEvent: 'processing',
        startedAt: task.startedAt ?? now,
        notBefore: null,
        changedAt: now,
        unqueued,
        attempts: task.attempts + 1,
        providerAttempts: task.providerAttempts + 1,
      });
      return { kind: 'claimed', task: claimed };
    },
    async unclaim(task) {
      const row = find(task);
      if (!row || !isHeld(row, task.attempts)) return false;
      free(row);
      // The attempt number stays: it fences whoever may still hold it.
      change(row, {
        status: 'queued',
        lastEvent: 'retrying',
        providerAttempts: row.task.providerAttempts - 1,
      });
      return true;
    },
    async completeUnheld(key, result, waitedFor, now) {
      const row = find(key);
      if (!row || isFinal(row.task.status)) return 'ended';
      if (row.task.status === 'processing' && row.leaseUntil >= now) return 'held';
      free(row);
      change(row, {
        status: 'completed',
        lastEvent: 'completed',
        result,
        ...(waitedFor && { waitedFor }),
        startedAt: row.task.startedAt ?? now,
        completedAt: now,
      });
      return 'completed';
    },
    async renewLease(key, attempt, leaseUntil) {
      const row = find(key);
      if (!row || !isHeld(row, attempt)) return false;
      row.leaseUntil = leaseUntil;
      return true;
    },
    async look(key, attempt) {
      const row = find(key);
      if (!isHeld(row, attempt)) return 'lost';
      return row?.task.listened ? 'listened' : 'held';
    },
    async erase(key) {
      const row = find(key);
      if (!row || !isFinal(row.task.status)) return;
      row.task = { ...row.task, result: null, error: null, metadata: {} };
      inputs.delete(key.taskId);
    },
    async listen(key) {
      const row = find(key);
      if (row && !isFinal(row.task.status)) row.task = { ...row.task, listened: true };
    },
    complete: async (task, result, record) =>
      end(
        task,
        task.attempts,
        { status: 'completed', result, error: null, timeline: extended(task, record) },
        record.endedAt,
      ),
    fail: async (task, error, record, now) =>
      end(task, task.attempts, { status: 'failed', error, timeline: extended(task, record) }, now),
    async retryLater(task, error, notBefore, record) {
      const row = find(task);
      if (!row || !isHeld(row, task.attempts)) return false;
      free(row);
      change(row, {
        status: 'queued',
        lastEvent: 'retrying',
        error,
        notBefore,
        timeline: extended(task, record),
      });
      return true;
    },
    async moveTo(task, { provider, model }, error, record, now) {
      const row = find(task);
      if (!row || isFinal(row.task.status) || row.task.provider !== task.provider) return false;
      const isFree = row.task.status === 'queued' || row.leaseUntil < now;
      if (record ? !isHeld(row, task.attempts) : !isFree || row.task.attempts !== task.attempts) return false;
      free(row);
      change(row, {
        status: 'queued',
        lastEvent: 'retrying',
        provider,
        model,
        error,
        notBefore: null,
        failovers: row.task.failovers + 1,
        providerAttempts: 0,
        timeline: extended(task, record),
      });
      return true;
    },
    async recordAttempt(task, record) {
      const row = find(task);
      if (row && isFinal(row.task.status)) row.task = { ...row.task, timeline: extended(row.task, record) };
    },

    async cancel(key, now) {
      const row = find(key);
      if (!row) return undefined;
      const ended = end(key, undefined, { status: 'cancelled' }, now);
      return { kind: ended ? 'cancelled' : 'ended', task: row.task };
    },
    async reprioritize(key, priority, revision) {
      const row = find(key);
      if (!row) return undefined;
      const { task } = row;
      const isOwnRepeat = task.revision === revision + 1 && task.priority === priority;
      if (task.status !== 'queued' || task.revision !== revision) return { changed: isOwnRepeat, task };
      row.task = { ...task, priority, revision: revision + 1 };
      return { changed: true, task: row.task };
    },
    async expire(key, now) {
      const row = find(key);
      if (!row || row.task.deadlineAt > now) return false;
      const error = { code: 'timeout', message: 'too late', provider: null, retryable: false } as const;
      return end(key, undefined, { status: 'failed', error }, now);
    },

    listExpired: async (provider, now, limit) =>
      [...rows.values()]
        .map(({ task }) => task)
        .filter((task) => task.provider === provider && !isFinal(task.status) && task.deadlineAt <= now)
        .slice(0, limit),
    countOpen: async (provider) =>
      [...rows.values()].filter(({ task }) => task.provider === provider && !isFinal(task.status)).length,
    async listOpen(provider, limit, cursor) {
      const tasks = [...rows.values()]
        .map(({ task }) => task)
        .filter((task) => task.provider === provider && !isFinal(task.status))
        .sort((one, other) => one.deadlineAt - other.deadlineAt);
      const from = Number(cursor ?? 0);
      const more = from + limit < tasks.length;
      return { tasks: tasks.slice(from, from + limit), nextCursor: more ? String(from + limit) : undefined };
    },
  };
}
