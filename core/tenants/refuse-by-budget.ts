import { ServiceError } from '../service-error.ts';
import type { BudgetLimits, Reservation } from './budgets.ts';

/** When a budget begins anew, epoch ms: the next day or month by UTC. */
function nextPeriod(period: 'day' | 'month', now: number): number {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return period === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1);
}

/** `budget_exceeded`, with what is known of when it is free again. */
export function refuseByBudget(
  { period, use }: Extract<Reservation, { granted: false }>,
  askedUsd: number,
  limits: BudgetLimits,
  now: number,
): ServiceError {
  const most = limits[period] ?? 0;
  const begins = nextPeriod(period, now);
  const parts = [
    `The budget of this tenant for the ${period} is ${usd(most)}, of which ${usd(use[period])} is used or reserved`,
    `and this may cost ${usd(askedUsd)}`,
  ];
  const hopes = [
    askedUsd > most
      ? 'It is more than all of the budget'
      : `The next ${period} begins at ${new Date(begins).toISOString()}`,
    ...(use.reserved > 0 && askedUsd <= most
      ? [`up to ${usd(use.reserved)} that is reserved for open tasks may be free before`]
      : []),
  ];
  return new ServiceError('budget_exceeded', `${parts.join(', ')}. ${hopes.join('; ')}`, {
    retryAfter: begins - now,
  });
}

function usd(amount: number): string {
  return `$${Number(amount.toFixed(6))}`;
}
