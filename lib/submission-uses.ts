import type { FunctionDefinition } from './function-definition.ts';

/** Of whatever puts tasks into queues: what their tenants may have waiting and spend, and lanes beside the queues. */
export const submissionUses = {
  taskQueues: ['SendMessage', 'GetQueueAttributes'],
  ticketQueues: ['SendMessage', 'GetQueueAttributes'],
  lanes: ['GetItem', 'Query', 'UpdateItem', 'BatchWriteItem'],
  // The mark that lanes are in use, too.
  providers: ['BatchGetItem', 'UpdateItem'],
  tenantStatistics: ['GetItem'],
  budgets: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
} as const satisfies FunctionDefinition['uses'];
