import type { TaskResult } from '../tasks/task.ts';

export type FlightOutcome =
  /** Nobody else is calling the provider for this key: go, and `store` or `release` afterwards. */
  | { kind: 'leader' }
  | { kind: 'hit'; result: TaskResult }
  /** An identical task is at the provider now: look again later. */
  | { kind: 'busy' };

/** Results by cache key (the key carries the tenant), and the one flight under way for a key. */
export interface ResultCache {
  read(cacheKey: string, now: number): Promise<TaskResult | undefined>;
  /** Hit, lead or wait, in one request; called again by the leader before `until` it extends the flight. */
  join(cacheKey: string, taskId: string, now: number, until: number): Promise<FlightOutcome>;
  store(cacheKey: string, result: TaskResult, expiresAt: number): Promise<void>;
  /** The leader ended without a result. */
  release(cacheKey: string, taskId: string): Promise<void>;
}
