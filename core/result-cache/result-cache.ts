import type { WaitingTask } from '../scheduling/waiting-tasks.ts';
import type { TaskResult } from '../tasks/task.ts';

export type FlightOutcome =
  /**
   * Nobody else is calling the provider for this key: go, and `store` or `release` afterwards. `followed`: how many have
   * followed so far.
   */
  | { kind: 'leader'; followed: number }
  | { kind: 'hit'; result: TaskResult }
  /** An equal task is at the provider now: follow it. */
  | { kind: 'busy' };

/** Results by cache key (the key carries the tenant), the one flight under way for a key, and who follows it. */
export interface ResultCache {
  read(cacheKey: string, now: number): Promise<TaskResult | undefined>;
  /** Hit, lead or follow, in one request; called again by the leader before `until` it extends the flight. */
  join(cacheKey: string, taskId: string, now: number, until: number): Promise<FlightOutcome>;
  /** False: the flight is over, join again. */
  follow(cacheKey: string, follower: WaitingTask, now: number): Promise<boolean>;
  /** Answers how many have followed; it is never too few. */
  store(cacheKey: string, result: TaskResult, expiresAt: number): Promise<number>;
  /** The leader ended without a result. Answers how many have followed; it is never too few. */
  release(cacheKey: string, taskId: string): Promise<number>;
  listFollowers(cacheKey: string, limit: number): Promise<WaitingTask[]>;
  removeFollowers(cacheKey: string, followers: WaitingTask[]): Promise<void>;
}
