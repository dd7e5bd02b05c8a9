import type { BatchProgress } from '../batches/batch-progress.ts';
import type { BatchStore } from '../batches/batch-store.ts';
import { type OpenBatches, reconcileBatches } from '../batches/reconcile-batches.ts';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import { runBounded } from '../run-bounded.ts';
import type { Task } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { failDeadTasks } from './fail-dead-task.ts';
import { isAbandoned } from './is-abandoned.ts';
import type { Lanes } from './lanes.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { bookingBucket } from './request-rate.ts';
import type { SlotStore } from './slot-store.ts';
import {
  type Counts,
  countsText,
  isOverdue,
  isSettled,
  lostTasks,
  missingTickets,
  ticketsToSend,
  urgentWait,
  youngestStarted,
} from './sweep-evidence.ts';
import { createSweepSlots } from './sweep-slots.ts';
import type { SweepState } from './sweep-state.ts';
import { toQueuedTask } from './task-message.ts';
import type { TaskQueues } from './task-queues.ts';
import { sendOverdue } from './token-account.ts';
import type { TokenAccounts } from './token-rate.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

export interface SweepReport {
  /** Tasks failed because their deadline passed while they waited: no repair. */
  expired: number;
  /** Tickets sent because tasks had none. */
  tickets: number;
  /** Messages sent because open tasks had none. */
  messages: number;
  /** Tasks cancelled because the submission of their batch died before it was accepted. */
  unaccepted: number;
  /** Slots freed because their workers had died, and levels whose slots were counted wrongly. */
  slots: number;
  /** Tasks and tickets sent on because the slot that they waited for was free. */
  woken: number;
  /** Tasks that had ended and were not counted into their batches. */
  counts: number;
  /** Charges of tasks that had ended, and whose budgets had not been told. */
  charges: number;
  /** Tasks from the dead-letter queues: sent again while their time lasts, else ended. */
  dead: number;
  /** Providers whose circuit is open. */
  circuitsOpen: number;
  /** Milliseconds that the oldest queued task of high priority waits, at the provider where it is the longest. */
  urgentWaitMs: number;
}

export interface SweepOptions {
  providers: readonly string[];
  /** Providers of the catalogue that may still have open tasks though they are not enabled any more. */
  retired: readonly string[];
  /** Limits that are held by the table of slots, by level; without any it is not read. */
  levels: Readonly<Record<string, number>>;
  /** Of those with such a limit, tokens a minute by provider. */
  tokensPerMinute: Readonly<Record<string, number>>;
  /** Task types with a limit of their own. */
  limitedTypes: readonly string[];
  store: TaskStore;
  batches: Pick<BatchStore, 'hasTask'>;
  queues: TaskQueues;
  lanes: Pick<Lanes, 'mend' | 'listIds'>;
  breaker: Pick<CircuitBreaker, 'peek'>;
  rates: Pick<RateLimiter, 'bookedUntil'>;
  tokenAccounts: Pick<TokenAccounts, 'read' | 'change'>;
  slotStore: SlotStore;
  waiting: WaitingTasks;
  state: SweepState;
  openBatches: OpenBatches;
  batchProgress: BatchProgress;
  /** Settles what is left of budgets' charges; answers how many there were. */
  settleCharges?: () => Promise<number>;
  /** Whether this sweep met messages of dead-letter queues that cannot be read: then each one looks, as long as they are there. */
  hasUnreadable?: () => boolean;
  hostStartedAt?: number;
  clock: () => number;
  /** Told of the provider whose repair failed; the others' goes on. */
  onError: (error: unknown) => void;
}

const expiredAtOnce = 100;
const openRowsRead = 500;
const waitingRead = 1_000;
const looksAtOnce = 8;
/** After a whole look at a provider that found nothing left, while no task is open. */
const mostLooksSaved = 9;

/**
 * Repairs what a crash between two calls leaves behind, from facts, and only what two sweeps see. Running it twice, or
 * beside itself, does no harm: a message or a ticket too many is dropped by the worker that gets it. What fails for one
 * provider does not stop the repair of the others.
 */
export function createSweep(options: SweepOptions) {
  const { store, batches, queues, slotStore, waiting, state, clock } = options;
  const { parkedFor, sendParked, wakeTypes, reap, recount } = createSweepSlots(options);
  const hasSlots = Object.keys(options.levels).length > 0;

  async function expireOverdue(provider: string): Promise<number> {
    let expired = 0;
    for (;;) {
      const overdue = await store.listExpired(provider, clock(), expiredAtOnce);
      const done = await Promise.all(overdue.map((task) => store.expire(task, clock())));
      expired += done.filter(Boolean).length;
      if (overdue.length < expiredAtOnce) return expired;
    }
  }

  /**
   * Of the open tasks the nearest to their deadlines, and a part of the rest that moves on from sweep to sweep: those with a
   * day or a week before them are seen too, however many others there are.
   */
  async function readOpen(provider: string, from: string | undefined) {
    const first = await store.listOpen(provider, openRowsRead, undefined);
    const next = from ?? first.nextCursor;
    const second = next === undefined ? undefined : await store.listOpen(provider, openRowsRead, next);
    const keys = [...first.tasks, ...(second?.tasks ?? [])].map(({ tenant, taskId }) => ({ tenant, taskId }));
    const found = await store.getMany(keys);
    const open = [...new Map(found.map((task) => [`${task.tenant}#${task.taskId}`, task])).values()];
    return { open, from: next, nextFrom: second?.nextCursor };
  }

  async function isCircuitClosed(provider: string, report: SweepReport): Promise<boolean> {
    const decision = await options.breaker.peek(provider, clock());
    if (decision.kind === 'wait' && decision.reason === 'circuit_open') report.circuitsOpen += 1;
    return decision.kind !== 'wait';
  }

  /** Whether what holds the provider's work back is known, so that nothing is missing though nothing starts. */
  async function isHeldBack(provider: string, report: SweepReport): Promise<boolean> {
    const now = clock();
    const [isClosed, bookedUntil] = await Promise.all([
      isCircuitClosed(provider, report),
      options.rates.bookedUntil(bookingBucket(provider)),
    ]);
    return !isClosed || bookedUntil > now;
  }

  /** By provider, how often it need not be looked at in whole while nothing is open. */
  const looksSaved = new Map<string, number>();

  /** Nothing waits, and the last whole look found nothing left: what idles is paid for by each request. */
  async function isQuiet(provider: string): Promise<boolean> {
    const saved = looksSaved.get(provider) ?? 0;
    looksSaved.delete(provider);
    if (saved === 0 || (await store.listOpen(provider, 1, undefined)).tasks.length > 0) return false;
    looksSaved.set(provider, saved - 1);
    return true;
  }

  /** Tickets that were counted because the pace was closed, while nobody is on the way who would send them. */
  async function sendPaced(provider: string): Promise<number> {
    const limit = options.tokensPerMinute[provider];
    if (limit === undefined || !((await options.tokenAccounts.read(provider))?.parked ?? 0)) return 0;
    const { count, delayMs } = await options.tokenAccounts.change(provider, (account) => {
      if (!account) throw new Error('The account is gone');
      const { account: left, ...sent } = sendOverdue(account, limit, clock());
      return { account: left, value: sent };
    });
    if (count > 0) await queues.sendTickets(provider, count, delayMs);
    return count;
  }

  async function sweepProvider(provider: string, report: SweepReport): Promise<void> {
    if (await isQuiet(provider)) return void (await isCircuitClosed(provider, report));
    // Counted after each wait: other providers are swept meanwhile.
    const expired = await expireOverdue(provider);
    report.expired += expired;
    const dead = await failDeadTasks(provider, { store, queues }, clock());
    report.dead += dead;
    const before = await state.read(provider);
    const counts = await queues.count(provider);
    const [seen, table] = await Promise.all([
      readOpen(provider, before?.openFrom),
      hasSlots ? slotStore.read() : undefined,
    ]);
    const { open } = seen;
    const now = clock();

    report.urgentWaitMs = Math.max(report.urgentWaitMs, ...open.map((task) => urgentWait(task, now)));
    const parked = table ? await sendParked(provider, table, before?.idleSlots ?? []) : { idle: [], sent: 0 };
    const paced = await sendPaced(provider);
    report.woken += parked.sent + paced;

    const busy = open.filter(
      ({ status, leaseUntil }) => status === 'processing' && (leaseUntil ?? 0) > now,
    ).length;
    const account = await options.tokenAccounts.read(provider);
    const owed =
      parkedFor(provider, table).reduce((total, { count }) => total + count, 0) + (account?.parked ?? 0);
    const isPaced = (account?.paceAt ?? 0) > now;
    const ids = await waitingIds(provider, open);
    const heldBack = await isHeldBack(provider, report);
    const overdue = isOverdue(open, ids, now);
    const missing = heldBack ? 0 : missingTickets(counts, { busy, owed, isPaced, isOverdue: overdue });
    const tickets = ticketsToSend(before, missing, counts, overdue);
    if (tickets > 0) await queues.sendTickets(provider, tickets);
    report.tickets += tickets;

    await options.lanes.mend(provider);
    const youngest = youngestStarted(before, open);
    // Else those in flight that no worker uses are of workers that died.
    const lost = lostTasks(open, counts, ids, youngest, now, heldBack ? busy : undefined);
    const certain = new Set([
      ...lost.filter((taskId) => before?.lostTasks.includes(taskId)),
      // Whoever waited for it is gone too, or would have sent a message.
      ...open
        .filter((task) => isAbandoned(task, options.hostStartedAt ?? 0, now))
        .map(({ taskId }) => taskId),
    ]);
    const messageless = open.filter(({ taskId }) => certain.has(taskId));
    const unaccepted = await findUnaccepted(messageless);
    await Promise.all(unaccepted.map((task) => store.cancel(task, clock())));
    report.unaccepted += unaccepted.length;
    const resent = messageless.filter((task) => !unaccepted.includes(task));
    if (resent.length > 0) await queues.enqueue(resent.map((task) => toQueuedTask(task, now)));
    report.messages += resent.length;

    const suspects = lost.filter((taskId) => !certain.has(taskId));
    const suspicions = {
      missingTickets: missing - tickets,
      counts: countsText(counts),
      lostTasks: suspects,
      // Who is suspected is looked at once more before the look moves on.
      openFrom: suspects.length > 0 ? seen.from : seen.nextFrom,
      idleSlots: parked.idle,
      youngestStarted: youngest,
    };
    await state.write(provider, suspicions, now);
    await setGauges(provider, counts, busy);
    const isLeft = open.length + expired + dead + owed > 0 || options.hasUnreadable?.();
    if (!isLeft && isSettled(suspicions)) looksSaved.set(provider, mostLooksSaved);
  }

  /** Tasks that were written for a batch which was never stored: nobody was promised anything. */
  async function findUnaccepted(tasks: Task[]): Promise<Task[]> {
    const doubtful = tasks.filter(({ batchId, version }) => batchId !== null && version === 1);
    const unaccepted: Task[] = [];
    await runBounded(doubtful, looksAtOnce, async (task) => {
      const { tenant, taskId, batchId, batchIndex } = task;
      if (batchId === null || batchIndex === null) return;
      if (!(await batches.hasTask({ tenant, taskId, batchId, batchIndex }))) unaccepted.push(task);
    });
    return unaccepted;
  }

  /** Ids of the open tasks that wait in lanes, or for a slot of their type. */
  async function waitingIds(provider: string, open: readonly Task[]): Promise<Set<string>> {
    const types = options.limitedTypes.filter((type) => open.some((task) => task.type === type));
    const lists = await Promise.all(types.map((type) => waiting.list(type, waitingRead)));
    const inLanes = await options.lanes.listIds(provider, waitingRead);
    return new Set([...inLanes, ...lists.flat().map(({ received }) => received.message.taskId)]);
  }

  async function setGauges(provider: string, counts: Counts, busy: number): Promise<void> {
    const { high, normal, low } = counts.tasks;
    const queued = {
      high: high.visible + high.delayed,
      normal: normal.visible + normal.delayed,
      low: low.visible + low.delayed,
    };
    // Of tasks that run some have no message, and some that have one wait hidden.
    const processing = Math.max(high.inFlight + normal.inFlight + low.inFlight, busy);
    await state.setGauges(provider, queued, processing, clock());
  }

  /** Providers that get no tasks any more: those of former configurations too. */
  async function listRetired(): Promise<string[]> {
    const known = await state.rememberProviders(options.providers, clock());
    const retired = new Set([...options.retired, ...known]);
    return [...retired].filter((name) => !options.providers.includes(name));
  }

  return async function sweep(): Promise<SweepReport> {
    const report: SweepReport = {
      expired: 0,
      tickets: 0,
      messages: 0,
      unaccepted: 0,
      slots: 0,
      woken: 0,
      counts: 0,
      charges: 0,
      dead: 0,
      circuitsOpen: 0,
      urgentWaitMs: 0,
    };
    const faults: unknown[] = [];
    const attempt = (work: Promise<unknown>) =>
      work.catch((error: unknown) => {
        faults.push(error);
        options.onError(error);
      });
    if (hasSlots)
      await attempt(
        (async () => {
          report.slots = (await reap()) + (await recount());
          report.woken = await wakeTypes(await slotStore.read());
        })(),
      );
    await Promise.all([
      attempt(
        reconcileBatches(options.openBatches, options.batchProgress, clock).then((counts) => {
          report.counts = counts;
        }),
      ),
      attempt(
        (async () => {
          const charges = await options.settleCharges?.();
          report.charges = charges ?? 0;
        })(),
      ),
      ...options.providers.map((provider) => attempt(sweepProvider(provider, report))),
      attempt(
        (async () => {
          for (const provider of await listRetired()) {
            const expired = await expireOverdue(provider);
            report.expired += expired;
          }
        })(),
      ),
    ]);
    // What failed rings; what was repaired is reported first.
    if (faults.length > 0) throw new SweepFailed(report, faults);
    return report;
  };
}

/** Something could not be swept; the rest was, and is in `report`. */
export class SweepFailed extends AggregateError {
  override readonly name = 'SweepFailed';
  readonly report: SweepReport;

  constructor(report: SweepReport, faults: unknown[]) {
    super(faults, `${faults.length} part(s) of the sweep failed`);
    this.report = report;
  }
}
