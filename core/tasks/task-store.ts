import type { Priority, Task, TaskError, TaskInput, TaskKey, TaskResult } from './task.ts';

export type ClaimOutcome =
  | { kind: 'claimed'; task: Task }
  /** Ended already: its message is a stale message. */
  | { kind: 'final' }
  /** Another worker holds it until `leaseUntil`. */
  | { kind: 'leased'; leaseUntil: number }
  /** It waits in another provider's queues: a failover was interrupted before its message moved. */
  | { kind: 'moved'; task: Task }
  | { kind: 'missing' };

export interface TaskListFilter {
  status?: Task['status'] | undefined;
  type?: string | undefined;
  batchId?: string | undefined;
}

export interface TaskPage {
  tasks: Task[];
  /** Opaque; null on the last page. */
  nextCursor: string | null;
}

export interface NewTask {
  task: Task;
  input: TaskInput;
}

export interface OpenTask extends TaskKey {
  provider: string;
  deadlineAt: number;
}

/**
 * The table of tasks. Every change of status is one conditional write that raises `version` by one and
 * names its event, so the table's stream is the one source of events.
 */
export interface TaskStore {
  /**
   * Writes rows and inputs (a task that is already `completed`, from the cache, may come without waiting).
   * Throws a retryable ServiceError `internal` when not all could be written.
   */
  create(tasks: NewTask[]): Promise<void>;
  /**
   * Writes a task whose id is derived from an idempotency key unless it exists; answers the one that is
   * there, with the hash of the request that made it.
   */
  createOnce(
    task: NewTask,
    requestHash: string,
  ): Promise<{ created: boolean; task: Task; requestHash: string }>;
  get(key: TaskKey): Promise<Task | undefined>;
  /** Those that exist, without results that are stored apart for their size. */
  getMany(keys: TaskKey[], options?: { consistent?: boolean }): Promise<Task[]>;
  readInput(key: TaskKey): Promise<TaskInput | undefined>;
  /** Newest first. Throws `invalid_request` for a cursor that this listing did not answer. */
  list(tenant: string, filter: TaskListFilter, limit: number, cursor: string | undefined): Promise<TaskPage>;

  /** `queued`, or `processing` with a dead lease → `processing`, attempts + 1. */
  claim(key: TaskKey, provider: string, now: number, leaseUntil: number): Promise<ClaimOutcome>;
  /** Extends the lease; false when the task is no longer this attempt's (cancelled, ended, taken over). */
  renewLease(key: TaskKey, attempt: number, leaseUntil: number): Promise<boolean>;
  /** Reads whether the attempt still holds the task; cheap, eventually consistent. */
  isHeld(key: TaskKey, attempt: number): Promise<boolean>;
  complete(task: Task, result: TaskResult, now: number): Promise<boolean>;
  fail(task: Task, error: TaskError, now: number): Promise<boolean>;
  /** Back to `queued` with event `retrying`; the last error is kept for the reader. */
  retryLater(task: Task, error: TaskError, now: number): Promise<boolean>;
  /** Back to `queued` at another provider with event `retrying`, failovers + 1. */
  moveTo(task: Task, provider: string, model: string, error: TaskError | null, now: number): Promise<boolean>;

  /** Any open task → `cancelled`. `ended`: it had ended already. */
  cancel(key: TaskKey, now: number): Promise<{ kind: 'cancelled' | 'ended'; task: Task } | undefined>;
  /** Changes the priority of a queued task. */
  reprioritize(
    key: TaskKey,
    priority: Priority,
    now: number,
  ): Promise<{ kind: 'changed' | 'not_queued'; task: Task } | undefined>;
  /** Open task past its deadline → `failed` with `timeout`; false when it had ended or is not due. */
  expire(key: TaskKey, now: number): Promise<boolean>;
  /** Any open task, whatever its attempt → `failed` (dead-letter consumer, sweeper). */
  failOpen(key: TaskKey, error: TaskError, now: number): Promise<boolean>;

  /** Open tasks whose deadline has passed, oldest first, at most `limit`, of one provider. */
  listExpired(provider: string, now: number, limit: number): Promise<OpenTask[]>;
  /** Open tasks of one provider, counted. */
  countOpen(provider: string): Promise<number>;
  /** Open tasks of one provider in order of deadline, paged. */
  listOpen(
    provider: string,
    limit: number,
    cursor: string | undefined,
  ): Promise<{ tasks: OpenTask[]; nextCursor: string | undefined }>;
}
