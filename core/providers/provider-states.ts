import type { HoldReason } from '../circuit-breaker/circuit.ts';
import type { Priority } from '../tasks/task.ts';
import type { FoundModel } from './found-models.ts';
import type { LatencyHistogram } from './latency-histogram.ts';

/** What is known of one provider at present, from all its workers. */
export interface ProviderState {
  name: string;
  /** Waiting tasks, counted from their changes and corrected by the sweeper. */
  queued: Record<Priority, number>;
  processing: number;
  /** Provider calls and how many of them failed, since the first count. */
  requests: number;
  errors: number;
  /** 0 to 1 over about the last `stateWindowMs`; 0 while nothing was measured. */
  errorRate: number;
  /** The same without calls from before the circuit last closed; 0 while a probe is due. For routing. */
  routingErrorRate: number;
  /** Of successful calls: recent ones if there were enough, else all; null while nothing was measured. */
  latencyMs: { p50: number; p95: number } | null;
  /** Successful calls of all time. */
  histogram: LatencyHistogram;
  costUsd: number;
  promptTokens: number;
  completionTokens: number;
  circuit: 'closed' | 'open' | 'half_open';
  /** Epoch ms before which the provider is not called (open circuit, Retry-After); 0: none. */
  blockedUntil: number;
  /** Why it is held back, and until when if no probe ends it before; null: it is not. */
  hold: { until: number; reason: HoldReason } | null;
  /** What its server said it has; undefined: it was not asked, or did not say. */
  models?: readonly FoundModel[] | undefined;
  lastError: string | null;
  updatedAt: number | null;
  /** What waits and what runs is as it was then, epoch ms, but for what was noted as accepted since. */
  countedAt: number;
}

/**
 * Live states of the providers, a second or two old. They are made of what core/statistics counts and of what
 * the circuit breaker stores.
 */
export interface ProviderStates {
  /** Every provider of the deployment; one that was never called has zeros. */
  read(): Promise<Map<string, ProviderState>>;
  /** Counts accepted tasks into the states in memory, so that a burst spreads before the next read. */
  noteAccepted(provider: string, priority: Priority, count?: number): void;
}

/** Recent calls are counted in windows of this length; the last two make a sliding one. */
export const stateWindowMs = 120_000;
