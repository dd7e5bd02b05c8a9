import type { TestContext } from 'node:test';
import type { AttemptReport } from '../../../core/attempts/attempt.ts';
import type { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import {
  createWorker,
  type WorkerPorts,
  type WorkerSettings,
} from '../../../core/scheduling/create-worker.ts';
import { createFairQueues } from '../../../core/scheduling/fair-queues.ts';
import { slotLeaseMs } from '../../../core/scheduling/hold-times.ts';
import type { DirectEvent } from '../../../core/scheduling/run-direct-task.ts';
import { typeLevel } from '../../../core/scheduling/slot-store.ts';
import { createSweep } from '../../../core/scheduling/sweep.ts';
import { toQueuedTask } from '../../../core/scheduling/task-message.ts';
import type { TicketOutcome } from '../../../core/scheduling/ticket.ts';
import { isFinal, type Task, type TaskInput } from '../../../core/tasks/task.ts';
import { makeTask, start } from '../../make-task.ts';
import { createMemoryRates, createMemoryTokenAccounts } from './memory-accounts.ts';
import { createMemoryBreakers } from './memory-breaker.ts';
import { createMemoryDeltaLog } from './memory-delta-log.ts';
import { createMemoryLanes } from './memory-lanes.ts';
import { createMemoryQueues, type MemoryQueues } from './memory-queues.ts';
import { createMemoryResultCache } from './memory-result-cache.ts';
import { createMemorySlotStore, createMemoryWaitingTasks } from './memory-slots.ts';
import { createMemorySweepState } from './memory-sweep-state.ts';
import { createMemoryTaskStore } from './memory-task-store.ts';
import { createProviderCalls, type WorkerProcess } from './provider-calls.ts';
import { createRandom } from './random.ts';

/** `before`: it is not made, and fails. `after`: it is made, and its answer is lost. `twice`: it is repeated. A number: it takes so many ms. */
export type Fault = 'none' | 'before' | 'after' | 'twice' | number;

/** Their adapters know a repeat by an id of the write, which the port does not show. */
const knowsItsRepeat = new Set(['tokenAccounts.change', 'rates.settle']);

export interface WorldOptions {
  /** Provider → executions of its worker: its reserved concurrency. */
  providers: Record<string, number>;
  globalLimit?: number;
  /** Where the semaphore holds the provider's limit. */
  providerLimits?: Record<string, number>;
  /** Of them, what tickets leave free. */
  keptFromTickets?: number;
  typeLimits?: Record<string, number>;
  requestsPerMinute?: number;
  tokensPerMinute?: number;
  /** How long a call takes; default 1 s. */
  callMs?: number | ((task: Task) => number);
  /** What comes of a call, by the how manieth of its task it is; default: it completes. */
  answer?: (task: Task, call: number) => Partial<AttemptReport>;
  /** The answer of a call that is streamed: a piece every so many ms. */
  pieces?: { texts: string[]; everyMs: number };
  /** Connections that read the answer of any task as it is written; absent: there is no WebSocket. */
  readers?: string[];
  /** How long an invocation may last; default: 15 minutes. */
  invocationMs?: number;
  /** After so many receives a message goes to the dead-letter queue; default: never. */
  maxReceives?: number;
  /** Asked for each request of a worker to a port. */
  fault?: (operation: string) => Fault;
  /** Milliseconds by which an execution's clock is wrong. */
  skew?: (execution: number) => number;
  settings?: Partial<WorkerSettings>;
}

/**
 * Workers of some providers over ports in memory and a clock that is moved by hand: tickets are handed out as their
 * event source mapping does, provider calls take their time, workers can be crashed, and every limit is counted where
 * the calls are made.
 */
export function startWorld(t: TestContext, options: WorldOptions) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: start });
  const clock = () => Date.now();
  const changes: { before: Task | undefined; after: Task }[] = [];
  const store = createMemoryTaskStore((before, after) => changes.push({ before, after }));
  const lanes = createMemoryLanes(clock);
  const bare = createMemoryQueues(clock, options.maxReceives);
  const queues: MemoryQueues = {
    ...bare,
    ...createFairQueues(bare, lanes),
    nextVisibleAt: () => Math.min(bare.nextVisibleAt(), lanes.nextVisibleAt()),
  };
  const cache = createMemoryResultCache();
  const slotStore = createMemorySlotStore();
  const waiting = createMemoryWaitingTasks();
  const tokenAccounts = createMemoryTokenAccounts();
  const rates = createMemoryRates();
  const deltaLog = createMemoryDeltaLog();
  const frames: { connectionId: string; task_id: string; index: number; content: string }[] = [];
  const listeners: WorkerPorts['listeners'] = options.readers && {
    subscriptions: {
      subscribersTo: async () =>
        (options.readers ?? []).map((connectionId) => ({ connectionId, connectedAt: 0, deltas: true })),
    },
    sender: {
      async send(connectionId, text) {
        frames.push({ connectionId, ...JSON.parse(text) });
        return 'sent';
      },
    },
  };
  const breakers = createMemoryBreakers();
  const names = Object.keys(options.providers);
  const providerCalls = createProviderCalls(options);
  const errors: unknown[] = [];
  /** What was laid down for the case that a worker hangs. */
  const wills: string[] = [];
  const failures: ProviderFailure[] = [];
  const requests = new Map<string, number>();
  const count = (operation: string) => requests.set(operation, (requests.get(operation) ?? 0) + 1);
  const running = new Map<string, Set<WorkerProcess>>();
  let executions = 0;
  let numbered = 0;
  const nextNumber = () => {
    numbered += 1;
    return numbered;
  };
  const nextRandom = createRandom(1);

  /** A port as one execution sees it: its requests may fail or take time, and none is answered after it has crashed. */
  function seenBy<T extends object>(port: T, name: string, process: WorkerProcess): T {
    const entries = Object.entries(port).map(([method, call]) => [
      method,
      async (...args: unknown[]) => {
        const never = () => new Promise<never>(() => {});
        const make = () => (call as (...args: unknown[]) => unknown).apply(port, args);
        if (!process.isAlive) return never();
        const operation = `${name}.${method}`;
        count(operation);
        const fault = options.fault?.(operation) ?? 'none';
        if (fault === 'before') throw new Error(`${operation} failed`);
        if (typeof fault === 'number') {
          await new Promise((resolve) => setTimeout(resolve, fault));
          if (!process.isAlive) return never();
        }
        let result = await make();
        if (fault === 'twice' && !knowsItsRepeat.has(operation)) result = await make();
        if (!process.isAlive) return never();
        if (fault === 'after') throw new Error(`The answer of ${operation} was lost`);
        return result;
      },
    ]);
    return Object.fromEntries(entries) as T;
  }

  function createExecution(provider: string, process: WorkerProcess) {
    executions += 1;
    const number = executions;
    const breaker = breakers();
    const skewed = () => Date.now() + (options.skew?.(number) ?? 0);
    const ports: WorkerPorts = {
      store: seenBy(store, 'store', process),
      queues: seenBy(queues, 'queues', process),
      breaker: { ...seenBy(breaker, 'breaker', process), looksWell: breaker.looksWell },
      cache: seenBy(cache, 'cache', process),
      rates: seenBy(rates, 'rates', process),
      tokenAccounts: seenBy(tokenAccounts, 'tokenAccounts', process),
      slotStore: seenBy(slotStore, 'slotStore', process),
      waiting: seenBy(waiting, 'waiting', process),
      lastWill: {
        set: async ({ taskId }, _startedAt, waitedFor) =>
          void wills.push(`set for ${taskId}${waitedFor ? `, which waited for its ${waitedFor}` : ''}`),
        clear: ({ taskId }) => void wills.push(`taken back of ${taskId}`),
      },
      deltaLog: seenBy(deltaLog, 'deltaLog', process),
      listeners: listeners && {
        subscriptions: seenBy(listeners.subscriptions, 'subscriptions', process),
        sender: seenBy(listeners.sender, 'sender', process),
      },
      runAttempt: providerCalls.runAttemptOf(process),
      clock: skewed,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      random: nextRandom,
      makeHolder: () => `holder-${number}`,
      onError: (error) => void errors.push(error),
      onFailure: (failure) => void failures.push(failure),
    };
    return createWorker(ports, {
      slots: {
        provider,
        providers: names,
        providerLimit: options.providerLimits?.[provider],
        keptFromTickets: options.keptFromTickets,
        globalLimit: options.globalLimit,
        typeLimits: options.typeLimits ?? {},
      },
      order: { lowFirstEvery: 0, normalFirstEvery: 0 },
      requestsPerMinute: options.requestsPerMinute,
      tokensPerMinute: options.tokensPerMinute,
      cacheTtlMs: 3_600_000,
      ...options.settings,
    });
  }

  /** Hands out tickets while executions are free. */
  function pump(): void {
    for (const provider of names) {
      const busy = running.get(provider) ?? new Set();
      running.set(provider, busy);
      while (busy.size < (options.providers[provider] ?? 0)) {
        const ticket = queues.takeTicket(provider);
        if (!ticket) break;
        const process = { isAlive: true };
        busy.add(process);
        count('invocation');
        const ended = (outcome: TicketOutcome) => {
          // Lambda freezes it: what it still does is never done.
          process.isAlive = false;
          busy.delete(process);
          if (outcome === 'done') queues.finishTicket(provider, ticket);
        };
        createExecution(provider, process)
          .processTask(ticket, Date.now() + (options.invocationMs ?? 900_000))
          .then(ended, (error) => {
            errors.push(error);
            ended('again');
          });
      }
    }
  }

  async function settleDown(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      pump();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const levels = {
    ...(options.globalLimit !== undefined && { global: options.globalLimit }),
    ...Object.fromEntries(
      Object.entries(options.providerLimits ?? {}).map(([name, limit]) => [`provider_${name}`, limit]),
    ),
    ...Object.fromEntries(
      Object.entries(options.typeLimits ?? {}).map(([type, limit]) => [typeLevel(type), limit]),
    ),
  };
  const sweepOnce = createSweep({
    providers: names,
    retired: [],
    levels,
    limitedTypes: Object.keys(options.typeLimits ?? {}),
    tokensPerMinute: Object.fromEntries(
      names.flatMap((name) => (options.tokensPerMinute ? [[name, options.tokensPerMinute]] : [])),
    ),
    store,
    batches: { hasTask: async () => true },
    queues,
    lanes,
    breaker: breakers(),
    rates,
    tokenAccounts,
    slotStore,
    waiting,
    state: createMemorySweepState(),
    // Batches are not of this world.
    openBatches: { listDue: async () => [], audit: async () => undefined, lookAgain: async () => undefined },
    batchProgress: { add: async () => undefined },
    clock,
    onError: (error) => void errors.push(error),
  });

  return {
    sweep: sweepOnce,
    store,
    queues,
    lanes,
    cache,
    slotStore,
    waiting,
    deltaLog,
    /** What readers were sent. */
    frames,
    tokenAccounts,
    rates,
    breaker: breakers(),
    calls: providerCalls.calls,
    changes,
    errors,
    wills,
    /** Of calls, as they are told for the log. */
    failures,
    requests,
    clock,
    /** Most calls at once: `all`, `provider <name>`, `type <name>`. */
    mostAtOnce: providerCalls.mostAtOnce,
    mostInAMinute: providerCalls.mostInAMinute,
    /** Submits tasks as the use case does: rows, messages, tickets. @param isCarried by their tickets, whatever waits */
    async submit(
      count: number,
      members: Partial<Task> = {},
      input: TaskInput = { prompt: 'p' },
      isCarried = false,
    ): Promise<Task[]> {
      const tasks = Array.from({ length: count }, () =>
        makeTask({
          taskId: `task_${nextNumber()}`,
          provider: names[0] as string,
          createdAt: Date.now(),
          deadlineAt: Date.now() + 3_600_000,
          ...members,
        }),
      );
      await store.create(tasks.map((task) => ({ task, input })));
      const hasOthersBehind = !isCarried && count > 2 * (options.providers[names[0] as string] ?? 0);
      await queues.enqueue(tasks.map((task) => ({ ...toQueuedTask(task), isCarried, hasOthersBehind })));
      return tasks;
    },
    /**
     * Hands a task to its worker, as a caller does who waits; `refused` where no execution is free. Answers what the worker
     * tells, and whether its invocation ended well.
     */
    async hand(members: Partial<Task> = {}, requestHash?: string) {
      const [provider = ''] = [members.provider, ...names].filter((name) => name !== undefined);
      const task = makeTask({
        taskId: `task_${nextNumber()}`,
        provider,
        createdAt: Date.now(),
        deadlineAt: Date.now() + 3_600_000,
        ...members,
      });
      const events: DirectEvent[] = [];
      const busy = running.get(provider) ?? new Set();
      running.set(provider, busy);
      if (busy.size >= (options.providers[provider] ?? 0)) events.push({ kind: 'refused' });
      if (events.length > 0) return { task, events, ended: Promise.resolve(true) };
      const process = { isAlive: true };
      busy.add(process);
      const ended = createExecution(provider, process)
        .runDirectTask(
          { task, input: { prompt: 'p' }, requestHash },
          (event) => process.isAlive && events.push(event),
          Date.now() + (options.invocationMs ?? 900_000),
        )
        .then(
          () => true,
          (error: unknown) => {
            errors.push(error);
            return false;
          },
        )
        .finally(() => {
          process.isAlive = false;
          busy.delete(process);
        });
      return { task, events, ended };
    },
    /** Moves the clock; whatever comes due in between happens. */
    async advance(milliseconds: number, step = 250): Promise<void> {
      await settleDown();
      for (let passed = 0; passed < milliseconds; passed += step) {
        t.mock.timers.tick(step);
        await settleDown();
      }
    },
    /** Until all tasks have ended; false after so long. */
    async drain(atMostMs: number, step = 250, each: () => Promise<void> = async () => {}): Promise<boolean> {
      for (let passed = 0; passed <= atMostMs; passed += step) {
        if (store.all().every(({ status }) => isFinal(status))) return true;
        await this.advance(step, step);
        await each();
      }
      return store.all().every(({ status }) => isFinal(status));
    },
    /** Ends executions as a power cut would; answers how many there were. */
    crash(most = Number.POSITIVE_INFINITY): number {
      let crashed = 0;
      for (const busy of running.values())
        for (const process of busy) {
          if (crashed >= most) break;
          process.isAlive = false;
          busy.delete(process);
          crashed += 1;
        }
      providerCalls.cutOffDead();
      return crashed;
    },
    running: () => [...running.values()].reduce((sum, busy) => sum + busy.size, 0),
    leaseTimeMs: slotLeaseMs,
  };
}
