import type { Priority } from '../tasks/task.ts';

/** What is known of one provider now, over all workers. */
export interface ProviderState {
  name: string;
  /** Tasks that wait in its queues, by the stream's count (the sweeper sets it right). */
  queued: Record<Priority, number>;
  processing: number;
  /** Provider calls and how many of them failed, since the table was made. */
  requests: number;
  errors: number;
  /** 0 to 1 over about the last `stateWindowMs`; 0 while nothing was measured. */
  errorRate: number;
  /** The same without what came before the circuit last closed, and 0 while a probe is wanted: what routing goes by. */
  routingErrorRate: number;
  /** Of successful calls, recent where there were any, else of all time; null while nothing was measured. */
  latencyMs: { p50: number; p95: number } | null;
  /** Successful calls of all time by upper edge of their latency bucket (`latencyBuckets`, then Infinity); not cumulative. */
  histogram: ReadonlyMap<number, number>;
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
 * Live state of the providers, read by one BatchGet of the state table and kept for one to two seconds.
 *
 * The rows, all with pk = `PROVIDER#<name>`, numbers flat so that one `ADD` writes them:
 *
 * - sk = `STATS`, written by publish-task-event (one update per provider per batch of records), gauges set right by
 *   the sweeper: `queued_high`, `queued_normal`, `queued_low`, `processing`, `requests`, `errors`, `prompt_tokens`,
 *   `completion_tokens`, `cost_usd`, `lat_<bucket>` (successful calls whose latency is at most that many
 *   milliseconds and above the bucket before; not cumulative; `lat_inf` above all), `last_error` (a task error
 *   code), `updated_at` (epoch ms).
 * - sk = `RECENT#<n>`, n = floor(epoch ms / stateWindowMs), written by the same function when calls ended:
 *   `requests`, `errors`, `lat_<bucket>`, `ttl` (epoch seconds, an hour ahead). Two rows make a sliding window.
 * - sk = `HEALTH`, written by the CircuitBreaker alone: `open_until`, `failures`, `blocked_until`, ….
 *
 * A request is a provider call that ended (a cache hit is none): `completed` with `cached` false, and every
 * `retrying` or `failed` with an error of a provider. An error is each of these but `completed`.
 */
export interface ProviderStates {
  /** Every provider of the deployment, those never called with zeros. */
  read(): Promise<Map<string, ProviderState>>;
  /** Adds to the state this environment keeps, so that a burst does not all choose by the same old numbers. */
  noteAccepted(provider: string, priority: Priority, count?: number): void;
}

/** Upper edges in milliseconds of the latency histogram; an attribute `lat_<edge>` counts each, `lat_inf` the rest. */
export const latencyBuckets = [
  50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000,
  60_000, 120_000, 300_000,
] as const;

/** The attribute that counts a call of this latency. */
export function latencyBucket(latencyMs: number): string {
  const edge = latencyBuckets.find((upper) => latencyMs <= upper);
  return `lat_${edge ?? 'inf'}`;
}

/** Length of one window of recent calls. */
export const stateWindowMs = 120_000;

/** Sort key of the row of recent calls that `time` falls into. */
export function recentWindowKey(time: number): string {
  return `RECENT#${Math.floor(time / stateWindowMs)}`;
}
