import type { Priority } from '../tasks/task.ts';
import type { QueuedTask } from './task-message.ts';
import type { QueueCounts, ReceivedTask } from './task-queues.ts';

/** A task that waits in a lane, and its round: in each round every tenant starts one. */
export interface LaneTask {
  round: number;
  received: ReceivedTask;
}

/** The longest that whoever sends may believe that it owns a provider's queues, from when it asked. Milliseconds. */
export const ownershipMs = 10 * 60_000;

/**
 * Rows in which tasks wait that may not go into their provider's queues, since those are another tenant's. They hide and show
 * as messages do. Handles begin with `lanePrefix`.
 */
export interface Lanes {
  /**
   * Whether a tenant's tasks go into the provider's queues: one tenant owns them for `ownershipMs`, and for as long as it asks
   * again in time. Afterwards another may, once they are empty.
   */
  ownsQueues(provider: string, tenant: string, areEmpty: () => Promise<boolean>): Promise<boolean>;
  /** Into the rounds that follow those of the tenant's other tasks, and not before the present one. */
  add(tasks: readonly QueuedTask[]): Promise<void>;
  /** False: nothing waits in the provider's lanes, as far as was read lately; known at no cost. */
  areInUse(provider: string): boolean;
  /** The first tasks that show, in the order of their rounds. */
  list(provider: string, priority: Priority): Promise<LaneTask[]>;
  /** A look found nothing: where there is nothing of any priority, that is noted for all workers. */
  noteEmpty(provider: string): Promise<void>;
  /** Once a round, and never for an earlier one: the queue's turn. */
  takeQueueTurn(provider: string, priority: Priority, round: number): Promise<boolean>;
  /** Hides it; undefined: another worker has it. */
  take(provider: string, task: LaneTask, visibilityMs: number): Promise<ReceivedTask | undefined>;
  delete(provider: string, handle: string): Promise<void>;
  setVisibility(provider: string, handle: string, milliseconds: number): Promise<void>;
  count(provider: string): Promise<Record<Priority, QueueCounts>>;
  /** Notes that the lanes are in use where tasks wait there and nobody did: whoever added them died before. */
  mend(provider: string): Promise<void>;
  /** Ids of the tasks that wait there, at most `limit`. */
  listIds(provider: string, limit: number): Promise<string[]>;
}

export const lanePrefix = 'lane:';
