import type { AttemptOutcome, AttemptReport } from '../attempts/attempt.ts';
import { type AttemptRecord, isFinal, type Task, type TaskError, type WaitReason } from '../tasks/task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { DoneMessages } from './done-messages.ts';
import type { Hold, StopReason } from './hold-lease.ts';
import { requestMs } from './hold-times.ts';
import { toQueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';
import type { TicketInHand } from './ticket-in-hand.ts';

/** An attempt that was made, as far as it is known when it ends. */
export interface MadeAttempt {
  task: Task;
  /** Undefined where somebody handed the task to its worker and waits. */
  queued: QueuedAttempt | undefined;
  hold: Pick<Hold, 'release' | 'leftMs'>;
  startedAt: number;
  waitedFor: WaitReason | null;
}

/** The message by which a task came, and the ticket that it was received with. */
export interface QueuedAttempt {
  received: ReceivedTask;
  hand: TicketInHand;
}

type Used = Pick<AttemptReport, 'usage' | 'costUsd'>;

export interface Settlement {
  /**
   * Stores how an attempt ended, then does with message and ticket what follows from it. Answers the task as it is then;
   * undefined: it is gone.
   *
   * @param beforeDelete what must be done before the message goes: it shows again if this is not
   */
  settle(
    made: MadeAttempt,
    report: AttemptReport,
    beforeDelete?: () => Promise<void>,
  ): Promise<Task | undefined>;
  /** The same for an attempt that was stopped from outside. @param used what its calls may have used */
  settleStopped(made: MadeAttempt, reason: StopReason, used: Used): Promise<Task | undefined>;
  /** Fails a claimed task for which no call is made. */
  endUnrun(task: Task, received: ReceivedTask, why: 'lost workers' | 'missing input'): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

export function createSettlement(options: {
  provider: string;
  store: TaskStore;
  queues: Pick<TaskQueues, 'enqueue' | 'setVisibility'>;
  done: DoneMessages;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  onError: (error: unknown) => void;
}): Settlement {
  const { provider, store, queues, done, clock, sleep } = options;

  /** An answer that was paid for is stored if the table can be reached at all while the lease lasts. */
  async function persist(hold: MadeAttempt['hold'], write: () => Promise<boolean>): Promise<boolean> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        return await write();
      } catch (error) {
        if (hold.leftMs() < pauseMs + requestMs) throw error;
        options.onError(error);
        await sleep(pauseMs);
      }
    }
  }

  const dropMessage = ({ queued }: MadeAttempt) => {
    if (queued) done.add(queued.received);
  };

  /** The row refused the outcome: ended meanwhile (cancelled, expired), or taken over by a worker whose message it is now. */
  async function finishLost(made: MadeAttempt, record: AttemptRecord): Promise<Task | undefined> {
    const current = await store.get(made.task);
    if (current && !isFinal(current.status)) return current;
    if (current) {
      const outcome = current.status === 'cancelled' ? 'cancelled' : record.outcome;
      await store.recordAttempt(current, { ...record, outcome });
    }
    dropMessage(made);
    return current;
  }

  const settlement: Settlement = {
    async settle(made, report, beforeDelete) {
      const { task, queued, hold } = made;
      const { outcome } = report;
      const record = recordOf(made, report, clock());
      const isStored = await persist(hold, () => writeOutcome(task, outcome, record));
      await beforeDelete?.();
      await hold.release();
      if (!isStored) return finishLost(made, record);
      const after = taskAfter(task, outcome, record);
      if (outcome.kind === 'retry' && queued)
        await Promise.all([
          queues.setVisibility(provider, queued.received, outcome.delayMs),
          queued.hand.comeAgainIn(outcome.delayMs),
        ]);
      else {
        if (!isFinal(after.status)) await queues.enqueue([toQueuedTask(after, clock())]);
        dropMessage(made);
      }
      return after;
    },

    async settleStopped(made, reason, { usage, costUsd }) {
      const { task, hold } = made;
      const record = recordOf(made, { usage, costUsd }, clock());
      if (reason === 'lost') {
        await hold.release();
        return finishLost(made, record);
      }
      if (reason === 'deadline') {
        const isExpired = await persist(hold, () => store.expire(task, clock()));
        await hold.release();
        if (!isExpired) return finishLost(made, record);
        await store.recordAttempt(task, { ...record, outcome: 'failed', code: 'timeout' });
        dropMessage(made);
        return made.queued ? task : store.get(task);
      }
      const message = 'The provider call outlasted the longest time a worker may run';
      const error: TaskError = { code: 'timeout', message, provider, retryable: true };
      const spent = task.providerAttempts > task.config.maxRetries;
      const outcome: AttemptOutcome = spent
        ? { kind: 'failed', error }
        : { kind: 'retry', error, delayMs: 0 };
      return settlement.settle(made, {
        outcome,
        usage,
        costUsd,
        failure: undefined,
        holdBackMs: undefined,
      });
    },

    async endUnrun(task, received, why) {
      await store.fail(task, unrunErrors(provider)[why], null, clock());
      done.add(received);
    },
  };

  function writeOutcome(task: Task, outcome: AttemptOutcome, record: AttemptRecord): Promise<boolean> {
    switch (outcome.kind) {
      case 'completed':
        return store.complete(task, outcome.result, record);
      case 'failed':
        return store.fail(task, outcome.error, record, record.endedAt);
      case 'retry':
        return store.retryLater(task, outcome.error, record.endedAt + outcome.delayMs, record);
      case 'failover':
        return store.moveTo(task, outcome, outcome.error, record, record.endedAt);
    }
  }

  return settlement;
}

function recordOf(
  { task, startedAt, waitedFor }: MadeAttempt,
  { outcome, usage, costUsd }: Used & Partial<Pick<AttemptReport, 'outcome'>>,
  endedAt: number,
): AttemptRecord {
  return {
    attempt: task.attempts,
    provider: task.provider,
    model: task.model,
    waitedFor,
    startedAt,
    endedAt,
    outcome: outcome ? recordedOutcome[outcome.kind] : 'interrupted',
    code: outcome && 'error' in outcome ? outcome.error.code : null,
    usage: usage ?? null,
    costUsd,
  };
}

/** The task as its row is when the outcome has been written. */
function taskAfter(task: Task, outcome: AttemptOutcome, record: AttemptRecord): Task {
  const { endedAt } = record;
  const version = task.version + 1;
  const after = { ...task, version, changedAt: endedAt, timeline: [...task.timeline, record] };
  const ended = { ...after, completedAt: endedAt };
  switch (outcome.kind) {
    case 'completed':
      return { ...ended, status: 'completed', lastEvent: 'completed', result: outcome.result };
    case 'failed':
      return { ...ended, status: 'failed', lastEvent: 'failed', error: outcome.error };
    case 'retry':
      return {
        ...after,
        status: 'queued',
        lastEvent: 'retrying',
        error: outcome.error,
        notBefore: endedAt + outcome.delayMs,
      };
    case 'failover':
      return {
        ...after,
        status: 'queued',
        lastEvent: 'retrying',
        error: outcome.error,
        provider: outcome.provider,
        model: outcome.model,
        providerAttempts: 0,
        failovers: task.failovers + 1,
        notBefore: null,
      };
  }
}

const recordedOutcome = {
  completed: 'completed',
  failed: 'failed',
  retry: 'retrying',
  failover: 'retrying',
} as const satisfies Record<AttemptOutcome['kind'], AttemptRecord['outcome']>;

function unrunErrors(provider: string) {
  return {
    'lost workers': {
      code: 'retries_exhausted',
      message: 'Every worker that ran the task was lost',
      provider,
      retryable: true,
    },
    'missing input': {
      code: 'internal',
      message: 'The input of the task is missing',
      provider: null,
      retryable: false,
    },
  } as const satisfies Record<string, TaskError>;
}
