import { priorities } from '../core/tasks/task.ts';

/** Names of a provider's task queues, after the stage's prefix and the provider's name. Most urgent first. */
export const taskQueueNames: readonly string[] = priorities;
