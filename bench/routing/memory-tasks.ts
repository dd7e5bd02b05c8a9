import { type finalStatuses, isFinal, type Task, type TaskInput } from '../../core/tasks/task.ts';
import type { NewTask, TaskStore } from '../../core/tasks/task-store.ts';

type Stored = Pick<
  TaskStore,
  | 'create'
  | 'get'
  | 'readInput'
  | 'claim'
  | 'renewLease'
  | 'isHeld'
  | 'complete'
  | 'fail'
  | 'retryLater'
  | 'moveTo'
  | 'expire'
>;

export interface MemoryTasks extends Stored {
  all(): Task[];
}

/** Tasks in memory. `onChange` gets each change, as the table's stream would. */
export function createMemoryTasks(onChange: (before: Task | undefined, after: Task) => void): MemoryTasks {
  const tasks = new Map<string, Task>();
  const inputs = new Map<string, TaskInput>();

  function change(taskId: string, attempt: number | undefined, members: Partial<Task>): boolean {
    const before = tasks.get(taskId);
    if (!before || isFinal(before.status)) return false;
    if (attempt !== undefined && before.attempts !== attempt) return false;
    const after = { ...before, ...members, version: before.version + 1 };
    tasks.set(taskId, after);
    onChange(before, after);
    return true;
  }
  const end = (status: (typeof finalStatuses)[number], now: number) => ({
    status,
    lastEvent: status,
    completedAt: now,
  });
  const waiting = { status: 'queued', lastEvent: 'retrying' } as const;

  return {
    all: () => [...tasks.values()],
    async create(list: NewTask[]) {
      for (const { task, input } of list) {
        tasks.set(task.taskId, task);
        inputs.set(task.taskId, input);
        onChange(undefined, task);
      }
    },
    get: async ({ taskId }) => tasks.get(taskId),
    readInput: async ({ taskId }) => inputs.get(taskId),
    async claim({ taskId }, provider, now) {
      const task = tasks.get(taskId);
      if (!task) return { kind: 'missing' };
      if (isFinal(task.status)) return { kind: 'final' };
      if (task.provider !== provider) return { kind: 'moved', task };
      if (task.status === 'processing') return { kind: 'leased', leaseUntil: now + 1_000 };
      const { attempts, providerAttempts } = task;
      const counts = { attempts: attempts + 1, providerAttempts: providerAttempts + 1 };
      change(taskId, undefined, { status: 'processing', lastEvent: 'processing', startedAt: now, ...counts });
      return { kind: 'claimed', task: tasks.get(taskId) ?? task };
    },
    renewLease: async () => true,
    isHeld: async () => true,
    complete: async ({ taskId, attempts }, result, now) =>
      change(taskId, attempts, { ...end('completed', now), result, error: null }),
    fail: async ({ taskId, attempts }, error, now) =>
      change(taskId, attempts, { ...end('failed', now), error }),
    retryLater: async ({ taskId, attempts }, error) => change(taskId, attempts, { ...waiting, error }),
    moveTo: async ({ taskId, attempts, failovers }, provider, model, error) =>
      change(taskId, attempts, {
        ...waiting,
        provider,
        model,
        error,
        failovers: failovers + 1,
        providerAttempts: 0,
      }),
    expire: async ({ taskId }, now) => change(taskId, undefined, end('failed', now)),
  };
}
