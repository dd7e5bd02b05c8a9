import type { TaskStore } from '../core/tasks/task-store.ts';
import { createTenantGate, type TenantGate } from '../core/tenants/tenant-gate.ts';
import type { LimitsOf } from '../core/tenants/tenant-limits.ts';
import { createDynamoBudgets } from './dynamo-budgets.ts';
import { createDynamoRateLimiter } from './dynamo-rate-limiter.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { createDynamoTenantQueue } from './dynamo-tenant-queue.ts';

/** What submissions of all functions pass. */
export function openTenantGate(options: {
  table: DynamoTable;
  tasks: Pick<TaskStore, 'listOpen'>;
  providers: readonly string[];
  limitsOf: LimitsOf;
}): TenantGate {
  const { table, limitsOf } = options;
  return createTenantGate({
    limitsOf,
    rates: createDynamoRateLimiter({ table }),
    queue: createDynamoTenantQueue({ ...options, clock: Date.now }),
    budgets: createDynamoBudgets({ table }),
  });
}
