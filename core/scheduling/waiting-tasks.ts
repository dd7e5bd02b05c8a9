import type { ReceivedTask } from './task-queues.ts';

/** A task that waits for a slot of its type: its message stays hidden until whoever frees the slot goes on with it. */
export interface WaitingTask {
  provider: string;
  received: ReceivedTask;
}

/** Who waits for slots of a type, over all providers. Adding or removing twice does no harm: the claim decides. */
export interface WaitingTasks {
  add(type: string, waiting: WaitingTask): Promise<void>;
  remove(type: string, waiting: WaitingTask): Promise<void>;
  /** The most urgent, and of those the oldest, first. */
  list(type: string, limit: number): Promise<WaitingTask[]>;
}
