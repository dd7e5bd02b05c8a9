import type { RateLimiter } from '../scheduling/rate-limiter.ts';
import { ServiceError } from '../service-error.ts';
import type { NewTask } from '../tasks/task-store.ts';
import type { Budgets, Charge } from './budgets.ts';
import { refuseByBudget } from './refuse-by-budget.ts';
import { hasBudget, type LimitsOf } from './tenant-limits.ts';
import type { TenantQueue } from './tenant-queue.ts';

/** What a submission passes that depends on its tenant. Without limits it asks nothing of anybody. */
export interface TenantGate {
  /** Counts a request. Throws `rate_limited`. */
  checkRate(tenant: string, now: number): Promise<void>;
  /** Throws `queue_full` where so many more tasks may not wait. */
  checkWaiting(tenant: string, count: number, now: number): Promise<void>;
  /** Reserves what the tasks, all of one tenant, may cost; answers them as they are to be stored. Throws `budget_exceeded`. */
  reserve(tasks: readonly NewTask[], now: number): Promise<NewTask[]>;
  /** Nothing came of these tasks: what was reserved for them is free. */
  release(tasks: readonly NewTask[]): Promise<void>;
}

export interface TenantGatePorts {
  limitsOf: LimitsOf;
  rates: Pick<RateLimiter, 'take'>;
  queue: TenantQueue;
  budgets: Pick<Budgets, 'reserve' | 'settle'>;
}

/** `Retry-After`: long enough for waiting tasks to start, short enough that the queue does not run empty. */
const retryAfterMs = 5_000;

export function createTenantGate({ limitsOf, rates, queue, budgets }: TenantGatePorts): TenantGate {
  return {
    async checkRate(tenant, now) {
      const { requests_per_minute: perMinute } = limitsOf(tenant);
      if (perMinute === undefined) return;
      const outcome = await rates.take(`tenant/${tenant}`, 1, { perMinute, burst: perMinute }, now);
      if (outcome.granted) return;
      throw new ServiceError('rate_limited', `This tenant may submit ${perMinute} requests a minute`, {
        retryable: true,
        retryAfter: outcome.retryAt - now,
      });
    },

    async checkWaiting(tenant, count, now) {
      const { max_waiting: most } = limitsOf(tenant);
      if (most === undefined) return;
      const waiting = await queue.countWaiting(tenant, now);
      // The count is kept by adding and subtracting; before a tenant is refused by it the rows are asked.
      const isFull =
        waiting + count > most && (count > most || (await queue.hasOpen(tenant, most - count + 1)));
      if (!isFull) return queue.noteAccepted(tenant, count, now);
      const detail =
        count > most
          ? `${count} tasks are more than the ${most} of this tenant that may wait`
          : `${waiting} of at most ${most} tasks of this tenant are waiting; ${count} more do not fit now`;
      throw new ServiceError('queue_full', detail, { retryable: true, retryAfter: retryAfterMs });
    },

    async reserve(tasks, now) {
      const [first] = tasks;
      const limits = first ? limitsOf(first.task.tenant) : {};
      if (!first || !hasBudget(limits)) return [...tasks];
      const { budget_per_day: day, budget_per_month: month } = limits;
      const reserved = tasks.map(({ task, estimatedCostUsd = 0, ...rest }) => ({
        ...rest,
        estimatedCostUsd,
        task: { ...task, reservedUsd: estimatedCostUsd },
      }));
      const outcome = await budgets.reserve(reserved.map(chargeOf), { day, month });
      if (outcome.granted) return reserved;
      const asked = reserved.reduce((sum, { estimatedCostUsd }) => sum + estimatedCostUsd, 0);
      throw refuseByBudget(outcome, asked, { day, month }, now);
    },

    async release(tasks) {
      const reserved = tasks.filter(({ task }) => task.reservedUsd !== undefined);
      await Promise.all(reserved.map((task) => budgets.settle({ ...chargeOf(task), usd: 0 })));
    },
  };
}

function chargeOf({ task }: NewTask): Charge {
  const { tenant, taskId, createdAt, deadlineAt, reservedUsd = 0 } = task;
  return { tenant, taskId, createdAt, deadlineAt, usd: reservedUsd };
}
