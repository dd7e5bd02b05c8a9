import type { Task, TaskEvent } from '../../client/wire.ts';

export type Status = Task['status'];
export type Priority = Task['priority'];

/** What the page keeps of a task: no prompt, no result. Times in milliseconds since 1970. */
export interface TaskRow {
  readonly id: string;
  /** When it was accepted, as far as is known: its place among the others. */
  since: number;
  batchId: string | null;
  status: Status;
  /** Of the last event; 0: known by a read alone, which has none. */
  version: number;
  /** An attempt failed, and another one is to follow. */
  isRetrying: boolean;
  /** From here on `undefined` where it was not told yet: events do not say it. */
  type: string | undefined;
  priority: Priority | undefined;
  provider: string | undefined;
  queuedAt: number | undefined;
  startedAt: number | undefined;
  endedAt: number | undefined;
  errorCode: string | undefined;
  costUsd: number | undefined;
  /** Of prompt and answer together. */
  tokens: number | undefined;
  latencyMs: number | undefined;
  /** When an event last changed it, as counted by the board. */
  touched: number;
  /** Counts the changes of any of this: who shows a row draws it again by it. */
  changes: number;
}

const finals: ReadonlySet<Status> = new Set(['completed', 'failed', 'cancelled']);

export function hasEnded(status: Status): boolean {
  return finals.has(status);
}

export interface BoardLimits {
  mostOpen: number;
  mostEnded: number;
}

/**
 * The tasks that the page shows, the oldest at the front. Bounded: of those that ended, and of those that did not,
 * the oldest are forgotten.
 */
export class TaskBoard {
  readonly #limits: BoardLimits;
  readonly #rows = new Map<string, TaskRow>();
  /** Ids in the order in which they came to be open or ended. */
  readonly #open = new Set<string>();
  readonly #ended = new Set<string>();
  #moment = 0;

  constructor(limits: BoardLimits = { mostOpen: 3_000, mostEnded: 700 }) {
    this.#limits = limits;
  }

  /** Pass it to `merge` with what was read after it. */
  get moment(): number {
    return this.#moment;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): TaskRow | undefined {
    return this.#rows.get(id);
  }

  /** Newest first. */
  list(status?: Status): TaskRow[] {
    const rows = [...this.#rows.values()].reverse();
    return status ? rows.filter((row) => row.status === status) : rows;
  }

  /** The row after the event; undefined where it tells nothing new: seen already, or older than what was seen. */
  apply(event: TaskEvent): TaskRow | undefined {
    const row =
      this.#rows.get(event.task_id) ??
      this.#add(event.task_id, event.batch_id, event.status, event.timestamp);
    if (event.version <= row.version) return undefined;
    row.version = event.version;
    row.touched = ++this.#moment;
    row.changes += 1;
    const at = Date.parse(event.timestamp);
    row.isRetrying = event.event_type === 'retrying' && !hasEnded(row.status);
    if (event.event_type === 'queued') row.queuedAt ??= at;
    if (event.event_type === 'processing') row.startedAt ??= at;
    // What has ended never changes: only a read can have said so before.
    if (!hasEnded(row.status)) row.status = event.status;
    if (hasEnded(event.status)) {
      row.status = event.status;
      row.endedAt = at;
      row.errorCode = event.error?.code;
      if (event.error?.provider) row.provider = event.error.provider;
      if (event.data) readResult(row, event.data);
    }
    this.#place(row);
    return row;
  }

  /**
   * Takes what was read. Its status counts only where no event came since `moment`, when the reading began.
   * @param adds whether tasks that are not here yet are put here, the newest of `tasks` first
   */
  merge(tasks: readonly Task[], moment: number, adds: boolean): void {
    const before = this.#rows.size;
    for (const task of adds ? tasks.toReversed() : tasks) {
      const known = this.#rows.get(task.task_id);
      if (!known && !adds) continue;
      const row = known ?? this.#add(task.task_id, task.batch_id, task.status, task.created_at);
      row.changes += 1;
      row.type = task.type;
      row.priority = task.priority;
      row.queuedAt = row.since = Date.parse(task.created_at);
      if (row.touched <= moment && !hasEnded(row.status)) row.status = task.status;
      if (row.touched <= moment || hasEnded(task.status)) row.provider = task.provider;
      if (task.started_at) row.startedAt = Date.parse(task.started_at);
      if (hasEnded(task.status)) {
        row.status = task.status;
        row.isRetrying = false;
        if (task.completed_at) row.endedAt = Date.parse(task.completed_at);
        row.errorCode = task.error?.code;
        if (task.result) readResult(row, task.result);
      }
      this.#place(row);
    }
    // Events may have told of younger ones before.
    if (before > 0 && this.#rows.size > before) this.#sort();
  }

  #sort(): void {
    const rows = [...this.#rows].sort(([, a], [, b]) => a.since - b.since);
    this.#rows.clear();
    for (const [id, row] of rows) this.#rows.set(id, row);
  }

  #add(id: string, batchId: string | null, status: Status, at: string): TaskRow {
    const row: TaskRow = {
      id,
      since: Date.parse(at),
      batchId,
      status,
      version: 0,
      isRetrying: false,
      type: undefined,
      priority: undefined,
      provider: undefined,
      queuedAt: undefined,
      startedAt: undefined,
      endedAt: undefined,
      errorCode: undefined,
      costUsd: undefined,
      tokens: undefined,
      latencyMs: undefined,
      touched: 0,
      changes: 0,
    };
    this.#rows.set(id, row);
    return row;
  }

  #place(row: TaskRow): void {
    const [here, there] = hasEnded(row.status) ? [this.#ended, this.#open] : [this.#open, this.#ended];
    there.delete(row.id);
    here.add(row.id);
    this.#forget(this.#ended, this.#limits.mostEnded);
    this.#forget(this.#open, this.#limits.mostOpen);
  }

  #forget(ids: Set<string>, most: number): void {
    for (const id of ids) {
      if (ids.size <= most) return;
      ids.delete(id);
      this.#rows.delete(id);
    }
  }
}

function readResult(row: TaskRow, { cost_usd, usage, latency_ms }: NonNullable<Task['result']>): void {
  row.costUsd = cost_usd;
  row.tokens = usage.total_tokens;
  row.latencyMs = latency_ms;
}
