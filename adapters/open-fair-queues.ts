import { createFairQueues } from '../core/scheduling/fair-queues.ts';
import type { TaskQueues } from '../core/scheduling/task-queues.ts';
import { createDynamoLanes } from './dynamo-lanes.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { createSqsClient, createSqsTaskQueues } from './sqs-task-queues.ts';

/** The queues of a function that sends tasks and receives none. @param stateTable where lanes are */
export function openFairQueues(stateTable: DynamoTable, queueUrlPrefix: string): TaskQueues {
  const queues = createSqsTaskQueues({ client: createSqsClient(), queueUrlPrefix });
  return createFairQueues(queues, createDynamoLanes({ table: stateTable, clock: Date.now }));
}
