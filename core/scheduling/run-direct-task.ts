import type { AttemptReport } from '../attempts/attempt.ts';
import type { ChatDelta } from '../attempts/chat.ts';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import { asAnswered } from '../result-cache/cached-result.ts';
import type { Task, TaskInput } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { Flights } from './flights.ts';
import { rowLeaseMs } from './hold-times.ts';
import type { RequestRate } from './request-rate.ts';
import type { createRunAdmittedTask } from './run-admitted-task.ts';
import type { Slots } from './slots.ts';
import { takeStartNow } from './starts.ts';
import { type QueuedTask, toQueuedTask } from './task-message.ts';
import type { TaskQueues } from './task-queues.ts';
import type { TokenCharge, TokenRate } from './token-rate.ts';
import type { WaitingTask } from './waiting-tasks.ts';

/** A new task that is handed to its worker at once, because its caller waits for the answer. No row of it is there yet. */
export interface DirectTask {
  task: Task;
  input: TaskInput;
  /** Of the request, where its Idempotency-Key named the task: another request may have made it already. */
  requestHash?: string | undefined;
}

/** What the worker tells whoever handed it the task. */
export type DirectEvent =
  /** Nothing can start at once, and nothing was done: the task is to be queued. */
  | { kind: 'refused' }
  /** The same request made it before. */
  | { kind: 'exists' }
  /** The row is written, and says that it is processing. */
  | { kind: 'started'; task: Task }
  | { kind: 'delta'; delta: ChatDelta }
  /** What the provider said of its limits. */
  | { kind: 'answered'; rateLimits: Readonly<Record<string, string>> }
  /** The task as it is now: ended, or queued for another attempt. */
  | { kind: 'settled'; task: Task };

export interface RunDirectTaskOptions {
  provider: string;
  store: TaskStore;
  queues: Pick<TaskQueues, 'sendTickets'>;
  breaker: CircuitBreaker;
  requests: RequestRate;
  tokens: TokenRate;
  slots: Slots;
  flights: Flights;
  runAdmittedTask: ReturnType<typeof createRunAdmittedTask>;
  wake: (waiting: WaitingTask) => Promise<void>;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  makeHolder: () => string;
  onError: (error: unknown) => void;
}

type Tell = (event: DirectEvent) => void;
type Message = QueuedTask['message'];
/** `refused`: something that the call needs is not free now. */
type Admission = { kind: 'admitted'; charge: TokenCharge | undefined } | { kind: 'refused' } | Hit;
type Hit = Extract<Awaited<ReturnType<Flights['boardNow']>>, { kind: 'hit' }>;

/** A caller who waits is not made to wait longer here: what is queued has its turn. */
const longestSleepMs = 1_000;

/**
 * Runs one task that its caller handed over and waits for: with everything that a ticket's call needs, but nothing is
 * waited for. The provider is called while the task's row is written and claimed; what is told of the
 * answer is held back until that is done, so that nobody sees a piece of a task that could be lost.
 */
export function createRunDirectTask(options: RunDirectTaskOptions) {
  const { provider, store, queues, breaker, slots, flights, tokens, clock } = options;
  const tolerate = (promise: Promise<unknown>) => promise.catch(options.onError).then(() => {});

  /** Whoever waits for the slots gets them: with a worker of its own, for this one's caller has its answer. */
  async function passOn(holder: string): Promise<void> {
    try {
      const next = await slots.passOn(holder, 'worked');
      if (next.kind === 'none') return;
      await slots.release(holder);
      if (next.kind === 'task') await options.wake(next.waiting);
      else await queues.sendTickets(provider, 1, 0, 'slot');
    } finally {
      await slots.release(holder);
    }
  }

  /** @param held gets what is kept until the end, @param taken what is given back unless a call is made */
  async function admit(
    message: Message,
    holder: string,
    held: AsyncDisposableStack,
    taken: AsyncDisposableStack,
  ): Promise<Admission> {
    const decision = await breaker.check(provider, clock());
    if (decision.kind === 'wait') return { kind: 'refused' };
    // Does nothing when its call was recorded.
    if (decision.kind === 'probe') held.defer(() => tolerate(breaker.releaseProbe(provider, clock())));
    held.defer(() => tolerate(passOn(holder)));
    if ((await slots.acquireNow(holder)) === 'full') return { kind: 'refused' };
    const boarding = await flights.boardNow(message);
    if (boarding.kind === 'busy') return { kind: 'refused' };
    if (boarding.kind === 'hit') return boarding;
    taken.defer(() => tolerate(flights.release(message)));
    if ((await slots.acquireType(holder, message.type, message.taskId)) === 'full')
      return { kind: 'refused' };
    const start = await takeStartNow(options.requests, tokens, message.estimatedTokens, clock());
    if (!start) return { kind: 'refused' };
    taken.defer(() => tolerate(start.giveBack()));
    const { charge } = start;
    return (await sleepUntil(start.at)) ? { kind: 'admitted', charge } : { kind: 'refused' };
  }

  async function sleepUntil(at: number): Promise<boolean> {
    const waitMs = at - clock();
    if (waitMs > longestSleepMs) return false;
    if (waitMs > 0) await options.sleep(waitMs);
    return true;
  }

  /** False: the same request had made it before. */
  async function create({ task, input, requestHash }: DirectTask): Promise<boolean> {
    if (requestHash === undefined) await store.create([{ task, input }]);
    else return (await store.createOnce({ task, input }, requestHash)).created;
    return true;
  }

  async function claim(message: Message, holder: string, now: number): Promise<void> {
    const outcome = await store.claim(message, provider, holder, now, now + rowLeaseMs, true);
    if (outcome.kind !== 'claimed') throw new Error(`The task could not be claimed: it is ${outcome.kind}`);
  }

  async function answerFromCache(direct: DirectTask, { result }: Hit, tell: Tell): Promise<void> {
    const task = asAnswered(direct.task, result, clock());
    if (await create({ ...direct, task })) tell({ kind: 'settled', task });
    else tell({ kind: 'exists' });
  }

  /** @param invocationEndsAt epoch ms at which the function is stopped */
  return async function runDirectTask(
    direct: DirectTask,
    tell: Tell,
    invocationEndsAt: number,
  ): Promise<void> {
    const holder = options.makeHolder();
    const { message } = toQueuedTask(direct.task);
    await using held = new AsyncDisposableStack();
    await using taken = new AsyncDisposableStack();
    const admission = await admit(message, holder, held, taken);
    if (admission.kind === 'refused') return tell({ kind: 'refused' });
    if (admission.kind === 'hit') return answerFromCache(direct, admission, tell);

    const now = clock();
    // Twice the same request must not make two calls: then the row comes first.
    const isOnce = direct.requestHash !== undefined;
    if (isOnce && !(await create(direct))) return tell({ kind: 'exists' });
    const task = claimedNow(direct.task, now);
    const claimed = (isOnce ? Promise.resolve() : create(direct).then(() => {})).then(() =>
      claim(message, holder, now),
    );
    const origin = { claimed, ...holdBack(task, claimed, tell) };
    // From here on a call counts as made.
    taken.move();
    const admitted = { task, message, input: direct.input, charge: admission.charge, waitedFor: null };
    const after = await options.runAdmittedTask(admitted, origin, holder, invocationEndsAt);
    if (after) tell({ kind: 'settled', task: after });
  };
}

/** The task as its first claim leaves it. */
function claimedNow(task: Task, now: number): Task {
  return {
    ...task,
    status: 'processing',
    lastEvent: 'processing',
    version: task.version + 1,
    startedAt: now,
    changedAt: now,
    attempts: 1,
    providerAttempts: 1,
  };
}

/** Tells what comes once the task is claimed, in the order in which it came. */
function holdBack(task: Task, claimed: Promise<void>, tell: Tell) {
  let heldBack: DirectEvent[] | undefined = [{ kind: 'started', task }];
  const release = () => {
    for (const event of heldBack ?? []) tell(event);
    heldBack = undefined;
  };
  const released = claimed.then(release, () => {});
  const tellInTurn = (event: DirectEvent) => {
    if (heldBack) heldBack.push(event);
    else tell(event);
  };
  return {
    deltas: { take: (delta: ChatDelta) => tellInTurn({ kind: 'delta', delta }), end: () => released },
    onReport: ({ rateLimits }: AttemptReport) => {
      if (rateLimits) tellInTurn({ kind: 'answered', rateLimits });
    },
  };
}
