import type { TaskPlan } from '../scheduling/task-plan.ts';

/** What is measured: the service, or what a user would pick instead. Both are asked for the same by the same code. */
export interface Queue {
  readonly name: string;
  /** Hands tasks in together. */
  submitAll(plans: readonly TaskPlan[]): Promise<void>;
  /** Hands one in by itself. Answers its number, which the provider sees. */
  submitOne(plan: TaskPlan): Promise<number>;
  /** Waits until all that was handed in has ended. Answers when the last one did, in epoch milliseconds. */
  drain(): Promise<number>;
  /** Milliseconds of CPU so far, by process. */
  cpu(): Record<string, number>;
  stop(): Promise<void>;
}

export interface QueueSettings {
  /** Base URL of the provider. */
  provider: string;
  /** Simultaneous calls of it. */
  limit: number;
}
