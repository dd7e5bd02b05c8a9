import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import type { OpenTask, TaskStore } from '../tasks/task-store.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { bookingBucket } from './request-rate.ts';
import type { Semaphore } from './semaphore.ts';
import type { SweepState } from './sweep-state.ts';
import { toQueuedTask } from './task-message.ts';
import type { TaskQueues } from './task-queues.ts';

export interface SweepReport {
  /** Tasks failed because their deadline passed while they waited: no repair. */
  expired: number;
  /** Tickets sent because tasks had none. */
  tickets: number;
  /** Messages sent because open tasks had none. */
  messages: number;
  /** Places of the semaphore freed because their workers had died. */
  places: number;
}

export interface SweepOptions {
  providers: string[];
  /** Providers that may still have open tasks though they are not enabled any more. */
  retired: string[];
  store: TaskStore;
  queues: TaskQueues;
  breaker: Pick<CircuitBreaker, 'peek'>;
  rates: Pick<RateLimiter, 'bookedUntil'>;
  state: SweepState;
  /** Undefined where no limit is held by it. */
  semaphore: Pick<Semaphore, 'reap'> | undefined;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
}

type Counts = Awaited<ReturnType<TaskQueues['count']>>;

/** Counts of SQS are approximate and taken one after the other: what looks wrong is looked at twice. */
const secondLookMs = 3_000;
/** A task this young may be between its row and its message. */
const settledMs = 60_000;
const expiredAtOnce = 100;
const openRowsRead = 500;

/**
 * Repairs what a crash between two calls leaves behind, from facts: open rows against messages, messages against
 * tickets, deadlines against the clock. Running it twice, or beside itself, does no harm: a message or a ticket too
 * many is dropped by the worker that gets it.
 */
export function createSweep(options: SweepOptions) {
  const { store, queues, state, clock, sleep } = options;

  async function expireOverdue(provider: string): Promise<number> {
    let expired = 0;
    for (;;) {
      const overdue = await store.listExpired(provider, clock(), expiredAtOnce);
      const done = await Promise.all(overdue.map((task) => store.expire(task, clock())));
      expired += done.filter(Boolean).length;
      if (overdue.length < expiredAtOnce) return expired;
    }
  }

  /** Tickets that are missing in both of two looks. */
  async function missingTickets(provider: string, first: Counts): Promise<number> {
    if (ticketsShort(first) === 0) return 0;
    await sleep(secondLookMs);
    const second = await queues.count(provider);
    // What ended between the counts of tasks and tickets looks like a missing ticket, unless tasks are counted again.
    const third = await queues.count(provider);
    const fewer = totals(third).tasks < totals(second).tasks ? third : second;
    const missing = Math.min(
      ticketsShort(first),
      ticketsShort({ tasks: fewer.tasks, tickets: second.tickets }),
    );
    if (missing === 0 || totals(second).tickets < totals(fewer).tasks) return missing;
    // Enough tickets, but none shows: they may wait for their turn or for the provider, which is no fault.
    const now = clock();
    const [decision, bookedUntil] = await Promise.all([
      options.breaker.peek(provider, now),
      options.rates.bookedUntil(bookingBucket(provider)),
    ]);
    return decision.kind === 'wait' || bookedUntil > now ? 0 : missing;
  }

  /** Open tasks without a message, seen by two consecutive sweeps; the oldest are sent again. */
  async function resendLost(provider: string, counts: Counts): Promise<number> {
    const now = clock();
    const openTasks = await store.countOpen(provider);
    let missing = Math.max(openTasks - totals(counts).tasks, 0);
    if (missing > 0) {
      // What came between the two counts looks like a missing message, unless messages are counted again.
      const again = await queues.count(provider);
      missing = Math.max(openTasks - Math.max(totals(counts).tasks, totals(again).tasks), 0);
    }
    const before = await state.swapMissing(provider, missing, now);
    const lost = Math.min(missing, before.missing);
    if (lost === 0) return 0;
    const { tasks: open } = await store.listOpen(provider, openRowsRead, undefined);
    const rows = await store.getMany(open.map(({ tenant, taskId }: OpenTask) => ({ tenant, taskId })));
    const settled = rows
      .filter(
        (task) =>
          (task.status === 'queued' || task.status === 'processing') && task.createdAt < now - settledMs,
      )
      .sort(
        (a, b) =>
          Number(a.status === 'processing') - Number(b.status === 'processing') || a.createdAt - b.createdAt,
      )
      .slice(0, lost);
    if (settled.length > 0) await queues.enqueue(settled.map(toQueuedTask));
    return settled.length;
  }

  async function sweepProvider(provider: string): Promise<SweepReport> {
    const expired = await expireOverdue(provider);
    const counts = await queues.count(provider);
    const tickets = await missingTickets(provider, counts);
    if (tickets > 0) await queues.sendTickets(provider, tickets);
    const messages = await resendLost(provider, counts);
    const { high, normal, low } = counts.tasks;
    const waiting = {
      high: high.visible + high.delayed,
      normal: normal.visible + normal.delayed,
      low: low.visible + low.delayed,
    };
    await state.setGauges(provider, waiting, high.inFlight + normal.inFlight + low.inFlight, clock());
    return { expired, tickets, messages, places: 0 };
  }

  return async function sweep(): Promise<SweepReport> {
    const reports = await Promise.all([
      ...options.providers.map(sweepProvider),
      ...options.retired.map(async (name) => ({
        expired: await expireOverdue(name),
        tickets: 0,
        messages: 0,
      })),
    ]);
    return {
      expired: sum(reports.map(({ expired }) => expired)),
      tickets: sum(reports.map(({ tickets }) => tickets)),
      messages: sum(reports.map(({ messages }) => messages)),
      places: (await options.semaphore?.reap(clock())) ?? 0,
    };
  };
}

/** How many tickets these counts say are missing. */
export function ticketsShort(counts: Counts): number {
  const { tasks, tickets } = totals(counts);
  if (tickets < tasks) return tasks - tickets;
  const { high, normal, low } = counts.tasks;
  const visible = high.visible + normal.visible + low.visible;
  const held = high.inFlight + normal.inFlight + low.inFlight;
  // Work shows, nobody holds any, and no ticket shows: those in flight belong to workers that died at once.
  return held === 0 && counts.tickets.visible === 0 ? visible : 0;
}

function totals({ tasks, tickets }: Counts): { tasks: number; tickets: number } {
  const all = (queue: Counts['tickets']) => queue.visible + queue.inFlight + queue.delayed;
  return { tasks: all(tasks.high) + all(tasks.normal) + all(tasks.low), tickets: all(tickets) };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
