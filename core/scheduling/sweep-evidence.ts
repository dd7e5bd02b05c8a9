import { priorities, type Task } from '../tasks/task.ts';
import { longestCallMs } from './hold-times.ts';
import type { Suspicions } from './sweep-state.ts';
import type { QueueCounts, TaskQueues } from './task-queues.ts';

export type Counts = Awaited<ReturnType<TaskQueues['count']>>;

/** SQS says a minute after the last change what its counts really are; under load they are a little off, always. */
const toleratedTickets = 5;
const toleratedShare = 0.05;
/** Between a task's row and its message lies less than this. */
const settledMs = 60_000;
/** Queues are nearly first in, first out: a task that younger ones overtook by so much has no message. */
const overtakenMs = 5 * 60_000;
/** A lease that ended so long ago belongs to a task whose message should have shown long since. */
const abandonedMs = 3 * 60_000;

const all = ({ visible, inFlight, delayed }: QueueCounts) => visible + inFlight + delayed;
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

const showsNone = ({ visible, delayed }: QueueCounts) => visible + delayed === 0;

function countVisible({ tasks }: Counts): number {
  return sum(priorities.map((priority) => tasks[priority].visible));
}

/** What is known of the tickets that do not show. */
export interface TicketsInUse {
  /** Running workers: each uses one. */
  busy: number;
  /** Tickets that were counted as parked: they are sent when what they wait for is free. */
  owed: number;
  /** The next start under the tokens a minute is not due: a ticket may be hidden until then. */
  isPaced: boolean;
  /** A task that may start waits for long, though nobody holds it back. */
  isOverdue: boolean;
}

/** Tickets fewer than the visible tasks need, by these counts. */
export function missingTickets(counts: Counts, { busy, owed, isPaced, isOverdue }: TicketsInUse): number {
  const { tickets } = counts;
  // Work shows, nobody does any, or not this, and nothing holds tickets back: those in flight belong to workers that died
  // before they hid them for a short time only.
  const isLeft = (busy === 0 || isOverdue) && owed === 0 && !isPaced;
  const areDead = isLeft && showsNone(tickets);
  const coming = areDead ? 0 : Math.max(0, all(tickets) - busy) + owed;
  return Math.max(0, countVisible(counts) - coming);
}

/**
 * Whether a task waits for longer than one that anybody is about to take.
 *
 * @param waiting ids of tasks that wait for a slot of their type
 */
export function isOverdue(tasks: readonly Task[], waiting: ReadonlySet<string>, now: number): boolean {
  return tasks.some(
    ({ status, taskId, notBefore, changedAt, createdAt, leaseUntil }) =>
      !waiting.has(taskId) &&
      Math.max(notBefore ?? 0, leaseUntil ?? 0, changedAt ?? createdAt) < now - settledMs &&
      (status === 'queued' || status === 'processing'),
  );
}

/**
 * How many tickets to send: what two sweeps missed; while the counts still change, less what they may be off. But a task that
 * waits for long though no ticket shows gets one: those that come and go may carry tasks of their own.
 */
export function ticketsToSend(
  before: Suspicions | undefined,
  missing: number,
  counts: Counts,
  isOverdue = false,
): number {
  if (!before) return 0;
  const certain = Math.min(before.missingTickets, missing);
  if (before.counts === countsText(counts)) return certain;
  const tolerated = Math.max(toleratedTickets, Math.ceil(countVisible(counts) * toleratedShare));
  const least = isOverdue && showsNone(counts.tickets) ? Math.min(certain, 1) : 0;
  return Math.max(least, certain - tolerated);
}

export function countsText(counts: Counts): string {
  return JSON.stringify(counts);
}

/** Whether a sweep saw empty queues and nothing that looked wrong. */
export function isSettled({ missingTickets, counts, lostTasks, idleSlots }: Suspicions): boolean {
  // Of a text in which all but the counts are names.
  return missingTickets === 0 && lostTasks.length === 0 && idleSlots.length === 0 && !/[1-9]/.test(counts);
}

/** How long a task of high priority is queued by now: since it was accepted, or since its last attempt; 0 for others. */
export function urgentWait({ status, priority, startedAt, createdAt, changedAt }: Task, now: number): number {
  if (status !== 'queued' || priority !== 'high') return 0;
  return Math.max(0, now - (startedAt === null ? createdAt : (changedAt ?? createdAt)));
}

/** Tasks of one tenant and priority are begun about in the order in which they came; those of two tenants take turns. */
const lineOf = ({ priority, tenant }: Task) => `${priority}/${tenant}`;

/** Of the tasks that a worker has begun, the youngest of each line that has open ones; it never gets older. */
export function youngestStarted(
  before: Suspicions | undefined,
  tasks: readonly Task[],
): Suspicions['youngestStarted'] {
  const lines = new Set(tasks.map(lineOf));
  const known = Object.entries(before?.youngestStarted ?? {}).filter(([line]) => lines.has(line));
  const youngest: Suspicions['youngestStarted'] = Object.fromEntries(known);
  for (const task of tasks)
    if (task.status === 'processing')
      youngest[lineOf(task)] = Math.max(youngest[lineOf(task)] ?? 0, task.createdAt);
  return youngest;
}

/**
 * Open tasks whose message seems to be lost, or the ticket that carried them. Evidence, not counts: younger tasks of its
 * tenant and priority were begun long since; or nothing is in the queues, and still the task waits; or its worker died and its
 * message has not shown.
 *
 * @param waiting ids of tasks that wait in lanes, or for a slot of their type: their messages are hidden on purpose
 * @param isQuietWith how many tickets may be in flight while nothing is in the queues: more of them may carry tasks
 */
export function lostTasks(
  tasks: readonly Task[],
  counts: Counts,
  waiting: ReadonlySet<string>,
  youngest: Suspicions['youngestStarted'],
  now: number,
  isQuietWith = Number.POSITIVE_INFINITY,
): string[] {
  const hidden = sum(priorities.map((priority) => all(counts.tasks[priority])));
  const isQuiet =
    hidden <= waiting.size && showsNone(counts.tickets) && counts.tickets.inFlight <= isQuietWith;
  return tasks
    .filter((task) => {
      if (waiting.has(task.taskId) || task.createdAt > now - settledMs) return false;
      if (task.status === 'processing') return (task.leaseUntil ?? now) < now - abandonedMs;
      if (task.status !== 'queued' || (task.notBefore ?? 0) > now) return false;
      if (isQuiet) return true;
      // It may follow an equal task, hidden for as long as a call lasts.
      const patience = overtakenMs + (task.cacheKey === null ? 0 : longestCallMs);
      return (
        task.createdAt + patience < (youngest[lineOf(task)] ?? 0) && (task.changedAt ?? 0) < now - patience
      );
    })
    .map(({ taskId }) => taskId);
}
