import type { DeltaLog } from '../answers/delta-log.ts';
import { createDeltaLogger } from '../answers/log-deltas.ts';
import { createListenerSinks, type ListenerPorts } from '../answers/tell-listeners.ts';
import type { RunAttempt } from '../attempts/attempt.ts';
import type { ProviderFailure } from '../attempts/provider-failure.ts';
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';
import type { ResultCache } from '../result-cache/result-cache.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { createAdmitTask } from './admit-task.ts';
import { createDoneMessages } from './done-messages.ts';
import { createFlights } from './flights.ts';
import type { LastWill } from './last-will.ts';
import { createProcessTask } from './process-task.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { PullOrderSettings } from './receive-most-urgent.ts';
import { createRequestRate } from './request-rate.ts';
import { createRunAdmittedTask } from './run-admitted-task.ts';
import { createRunDirectTask } from './run-direct-task.ts';
import { createSettlement } from './settle-attempt.ts';
import type { SlotSettings } from './slot-settings.ts';
import type { SlotStore } from './slot-store.ts';
import { createSlots } from './slots.ts';
import type { TaskQueues } from './task-queues.ts';
import { createTokenRate, type TokenAccounts } from './token-rate.ts';
import type { WaitingTasks } from './waiting-tasks.ts';
import { createWake } from './wake.ts';

export interface WorkerPorts {
  store: TaskStore;
  queues: TaskQueues;
  breaker: CircuitBreaker;
  cache: ResultCache;
  rates: RateLimiter;
  tokenAccounts: TokenAccounts;
  slotStore: SlotStore;
  waiting: WaitingTasks;
  lastWill: LastWill;
  deltaLog: DeltaLog;
  /** Undefined where the service has no WebSocket. */
  listeners: ListenerPorts | undefined;
  runAttempt: RunAttempt;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  random: () => number;
  /** A name that no other invocation has. */
  makeHolder: () => string;
  /** Told of what went wrong beside a task and was tolerated. */
  onError: (error: unknown) => void;
  /** Told of every call that failed. */
  onFailure: (failure: ProviderFailure) => void;
}

export interface WorkerSettings {
  slots: SlotSettings;
  order: PullOrderSettings;
  requestsPerMinute?: number | undefined;
  tokensPerMinute?: number | undefined;
  cacheTtlMs: number;
  /** Epoch ms; leases taken before belong to dead processes. 0 where workers outlive the host. */
  hostStartedAt?: number;
}

/** The worker of one provider, put together: it uses tickets, and runs what a caller who waits hands over. */
export function createWorker(ports: WorkerPorts, settings: WorkerSettings) {
  const { queues, rates } = ports;
  const { provider, providers } = settings.slots;
  const common = { ...ports, provider };
  const wake = createWake(queues);
  const isEnabled = (name: string) => providers.includes(name);

  const requests = createRequestRate({ rates, provider, requestsPerMinute: settings.requestsPerMinute });
  const tokens = createTokenRate({
    accounts: ports.tokenAccounts,
    provider,
    tokensPerMinute: settings.tokensPerMinute,
    sendTickets: (count, delayMs) => queues.sendTickets(provider, count, delayMs),
  });
  const slots = createSlots({
    ...ports,
    store: ports.slotStore,
    settings: settings.slots,
    sendTicket: (name) => queues.sendTickets(name, 1, 0, 'slot'),
    wake,
    hostStartedAt: settings.hostStartedAt ?? 0,
  });
  const flights = createFlights({ ...common, cacheTtlMs: settings.cacheTtlMs, wake });
  const done = createDoneMessages(common);
  const settlement = createSettlement({ ...common, done });
  const logDeltas = createDeltaLogger({ ...ports, log: ports.deltaLog });
  const tellListeners = createListenerSinks(ports);
  const parts = { ...common, requests, tokens, slots, flights, settlement, done, logDeltas, tellListeners };
  const runAdmittedTask = createRunAdmittedTask(parts);
  const processTask = createProcessTask({
    ...parts,
    order: settings.order,
    isEnabled,
    hasRequestRate: settings.requestsPerMinute !== undefined,
    parksTickets: [settings.tokensPerMinute, settings.slots.providerLimit, settings.slots.globalLimit].some(
      (limit) => limit !== undefined,
    ),
    admitTask: createAdmitTask({ ...parts, limitedTypes: settings.slots.typeLimits }),
    runAdmittedTask,
    wake,
  });
  return { processTask, runDirectTask: createRunDirectTask({ ...parts, runAdmittedTask, wake }) };
}
