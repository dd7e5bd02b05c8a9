import type { TaskStore } from '../core/tasks/task-store.ts';
import type { TenantQueue } from '../core/tenants/tenant-queue.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { TenantTotalsRow, tenantTotalsKey } from './statistics-rows.ts';

/** A count is this old at most. */
const keepMs = 1_000;
/** The stream counts a task about this long after it was accepted; until then a note stands for it. */
const streamLagMs = 1_500;
/** That a tenant has so many open tasks is taken for true so long: a caller who is refused asks again soon. */
const keepOpenMs = 3_000;
const rowsPerPage = 500;

/** A tenant's waiting tasks by the counters that the stream keeps, and its open ones by their index. */
export function createDynamoTenantQueue(options: {
  table: DynamoTable;
  tasks: Pick<TaskStore, 'listOpen'>;
  providers: readonly string[];
  clock: () => number;
}): TenantQueue {
  const { table, tasks, providers, clock } = options;
  const counts = new Map<string, { count: number; readAt: number }>();
  const full = new Map<string, { atLeast: number; until: number }>();
  let notes: { tenant: string; count: number; at: number }[] = [];

  async function readCount(tenant: string, now: number): Promise<number> {
    const known = counts.get(tenant);
    if (known && now - known.readAt < keepMs) return known.count;
    const item = (await table.get(tenantTotalsKey(tenant))) ?? {};
    const count = Math.max(0, parseItem("The row of a tenant's totals", TenantTotalsRow, item).tasks_queued);
    counts.set(tenant, { count, readAt: now });
    return count;
  }

  return {
    async countWaiting(tenant, now) {
      const count = await readCount(tenant, now);
      notes = notes.filter(({ at }) => at > now - streamLagMs);
      return notes.reduce((sum, note) => (note.tenant === tenant ? sum + note.count : sum), count);
    },

    async hasOpen(tenant, atLeast) {
      const known = full.get(tenant);
      if (known && known.atLeast >= atLeast && known.until > clock()) return true;
      let seen = 0;
      for (const provider of providers) {
        let cursor: string | undefined;
        do {
          const page = await tasks.listOpen(provider, rowsPerPage, cursor);
          seen += page.tasks.filter((task) => task.tenant === tenant).length;
          cursor = page.nextCursor;
        } while (cursor !== undefined && seen < atLeast);
        if (seen < atLeast) continue;
        full.set(tenant, { atLeast, until: clock() + keepOpenMs });
        return true;
      }
      return false;
    },

    noteAccepted(tenant, count, now) {
      notes.push({ tenant, count, at: now });
    },
  };
}
