import type {
  AttemptRecord,
  Priority,
  Task,
  TaskError,
  TaskInput,
  TaskKey,
  TaskResult,
  WaitReason,
} from './task.ts';

export type ClaimOutcome =
  | { kind: 'claimed'; task: Task }
  /** Ended already: its message is a stale message. */
  | { kind: 'final' }
  /** Another worker holds it until `leaseUntil`. */
  | { kind: 'leased'; leaseUntil: number }
  /** It waits in another provider's queues: a failover was interrupted before its message moved. */
  | { kind: 'moved'; task: Task }
  /** Its priority changed after the message was sent: another message stands for it. */
  | { kind: 'stale' }
  /** Not to be tried before. */
  | { kind: 'early'; notBefore: number }
  | { kind: 'missing' };

export interface TaskListFilter {
  status?: Task['status'] | undefined;
  type?: string | undefined;
  batchId?: string | undefined;
  /** The tasks as they are now; the list itself may still lack the newest. For twice the price. */
  consistent?: boolean;
}

/** A task of a page. Its result may be left out for its size. */
export type ListedTask = Task & { resultOmitted?: true };

/** What a page may hold. */
export interface PageBudget {
  /** Whether some large result may still fit. */
  hasRoom(): boolean;
  /** The task as it goes into the page; undefined: the page is full. The first one always goes in. */
  take(task: Task): ListedTask | undefined;
}

export interface TaskPage {
  tasks: ListedTask[];
  /** Opaque; null on the last page. */
  nextCursor: string | null;
}

export interface NewTask {
  task: Task;
  input: TaskInput;
  /** The most that its first attempt is expected to cost, for budgets; absent: not known, or no call is made. */
  estimatedCostUsd?: number;
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
   * Writes a task whose id belongs to an Idempotency-Key unless it exists; answers the one that is there, with the
   * hash of the request that made it.
   */
  createOnce(
    task: NewTask,
    requestHash: string,
  ): Promise<{ created: boolean; task: Task; requestHash: string }>;
  get(key: TaskKey): Promise<Task | undefined>;
  /** Those that exist, without results that are stored apart for their size. */
  getMany(keys: TaskKey[], options?: { consistent?: boolean }): Promise<Task[]>;
  readInput(key: TaskKey): Promise<TaskInput | undefined>;
  /** Newest first, as many as the budget has room for. Throws `invalid_request` for a cursor of another listing. */
  list(
    tenant: string,
    filter: TaskListFilter,
    limit: number,
    cursor: string | undefined,
    budget?: PageBudget,
  ): Promise<TaskPage>;

  /**
   * `queued`, or `processing` with a dead lease → `processing`, attempts + 1.
   *
   * @param claimant a name that no other invocation has: a repeat after a lost answer claims once
   * @param unqueued no message stands for the task: if the worker is lost, one must be sent
   */
  claim(
    message: TaskKey & { revision: number },
    provider: string,
    claimant: string,
    now: number,
    leaseUntil: number,
    unqueued?: boolean,
  ): Promise<ClaimOutcome>;
  /** Back to `queued`, the attempt uncounted: nothing was tried. */
  unclaim(task: Task, now: number): Promise<boolean>;
  /**
   * An open task that no worker holds → `completed` with a result that another's call brought.
   *
   * @param waitedFor kept with the task
   */
  completeUnheld(
    key: TaskKey,
    result: TaskResult,
    waitedFor: WaitReason | null,
    now: number,
  ): Promise<'completed' | 'ended' | 'held'>;
  /** Extends the lease; false when the task is no longer this attempt's (cancelled, ended, taken over). */
  renewLease(key: TaskKey, attempt: number, leaseUntil: number): Promise<boolean>;
  /** Reads whether the attempt still holds the task, and whether somebody listens; cheap. */
  look(key: TaskKey, attempt: number): Promise<'lost' | 'held' | 'listened'>;
  /** These four end an attempt; each keeps its record. A repeat after a lost answer answers true. */
  complete(task: Task, result: TaskResult, record: AttemptRecord): Promise<boolean>;
  fail(task: Task, error: TaskError, record: AttemptRecord | null, now: number): Promise<boolean>;
  /** Back to `queued` with event `retrying`; the last error is kept for the reader. */
  retryLater(task: Task, error: TaskError, notBefore: number, record: AttemptRecord): Promise<boolean>;
  /** Back to `queued` at another provider with event `retrying`, failovers + 1. Without a record: a queued task, or one whose lease ended. */
  moveTo(
    task: Task,
    next: { provider: string; model: string },
    error: TaskError | null,
    record: AttemptRecord | null,
    now: number,
  ): Promise<boolean>;
  /** Keeps the record of an attempt whose task was ended by another (cancelled, expired): what it cost was spent. */
  recordAttempt(task: Task, record: AttemptRecord): Promise<void>;

  /** Any open task → `cancelled`. `ended`: it had ended already. */
  cancel(key: TaskKey, now: number): Promise<{ kind: 'cancelled' | 'ended'; task: Task } | undefined>;
  /** Changes the priority of a queued task and raises its revision by one. `changed` false: it has another revision, or is not queued. */
  reprioritize(
    key: TaskKey,
    priority: Priority,
    revision: number,
  ): Promise<{ changed: boolean; task: Task } | undefined>;
  /**
   * Deletes what a task that has ended was asked and what came of it; the rest of it is kept, and says what it cost. No
   * change of status. Does nothing to an open one.
   */
  erase(key: TaskKey): Promise<void>;
  /** Tells the worker of an open task, now or to come, that somebody reads its answer as it is written. No change of status. */
  listen(key: TaskKey): Promise<void>;
  /** Open task past its deadline → `failed` with `timeout`; false when it had ended or is not due. */
  expire(key: TaskKey, now: number): Promise<boolean>;

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
