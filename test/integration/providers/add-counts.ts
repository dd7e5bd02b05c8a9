import { createDynamoCounters } from '../../../adapters/dynamo-counters.ts';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { noTasks } from '../../../core/metrics/count-tasks.ts';
import type { TaskTotals } from '../../../core/metrics/metrics.ts';
import type { Counts } from '../../../core/statistics/statistics.ts';

/** Writes counts as the publisher does. */
export async function addCounts(
  table: DynamoTable,
  { providers = [], tenants = [] }: Partial<Counts>,
  now: number,
  totals: TaskTotals = noTasks(),
): Promise<void> {
  const counters = createDynamoCounters({ table });
  const { error } = await counters.add(counters.list({ providers, tenants }, totals, now));
  if (error) throw error;
}
