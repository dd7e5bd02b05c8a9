import { priorities } from '../core/tasks/task.ts';

/** Names of a provider's task queues, most urgent first; a stage's prefix and the provider's name come before them. */
export const taskQueueNames: readonly string[] = priorities;
