import type { Priority } from '../tasks/task.ts';
import type { LatencyHistogram } from './latency-histogram.ts';

/** What is known of one provider now, over all workers. */
export interface ProviderState {
  name: string;
  /** Tasks that wait in its queues, by the count of their changes (the sweeper sets it right). */
  queued: Record<Priority, number>;
  processing: number;
  /** Provider calls and how many of them failed, since the first count. */
  requests: number;
  errors: number;
  /** 0 to 1 over about the last `stateWindowMs`; 0 while nothing was measured. */
  errorRate: number;
  /**
   * The same without what came before the circuit last closed, and 0 while a probe is wanted: what routing
   * goes by.
   */
  routingErrorRate: number;
  /** Of successful calls, recent where there were any, else of all time; null while nothing was measured. */
  latencyMs: { p50: number; p95: number } | null;
  /** Successful calls of all time. */
  histogram: LatencyHistogram;
  costUsd: number;
  promptTokens: number;
  completionTokens: number;
  circuit: 'closed' | 'open' | 'half_open';
  /** Epoch ms before which the provider is not called (open circuit, Retry-After); 0: free. */
  blockedUntil: number;
  lastError: string | null;
  updatedAt: number | null;
}

/**
 * Live state of the providers, at most one to two seconds old. It is made of what core/statistics counts and
 * of what the circuit breaker keeps.
 */
export interface ProviderStates {
  /** Every provider of the deployment, those never called with zeros. */
  read(): Promise<Map<string, ProviderState>>;
  /**
   * Adds to the state this environment keeps, so that a burst does not all choose by the same old numbers.
   */
  noteAccepted(provider: string, priority: Priority, count?: number): void;
}

/**
 * Length of one window of recent calls; the present one and a share of the one before make a sliding window.
 */
export const stateWindowMs = 120_000;
