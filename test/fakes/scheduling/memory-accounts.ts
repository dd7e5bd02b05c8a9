import type { RateLimiter } from '../../../core/scheduling/rate-limiter.ts';
import type { TokenAccount } from '../../../core/scheduling/token-account.ts';
import type { TokenAccounts } from '../../../core/scheduling/token-rate.ts';

export function createMemoryTokenAccounts(): TokenAccounts {
  const accounts = new Map<string, TokenAccount>();
  return {
    read: async (provider) => accounts.get(provider),
    async change(provider, decide) {
      const { account, value } = decide(accounts.get(provider));
      accounts.set(provider, account);
      return value;
    },
  };
}

/** GCRA in memory, as the port describes it. */
export function createMemoryRates(): RateLimiter {
  const arrivals = new Map<string, number>();
  return {
    async book(bucket, intervalMs, now) {
      const at = Math.max(arrivals.get(bucket) ?? 0, now);
      arrivals.set(bucket, at + intervalMs);
      return at;
    },
    async take(bucket, cost, { perMinute, burst }, now) {
      const emission = 60_000 / perMinute;
      const tat = Math.max(arrivals.get(bucket) ?? 0, now);
      const latest = now + burst * emission - cost * emission;
      if (tat > latest && tat > now)
        return { granted: false, retryAt: Math.max(tat - (latest - now), now + 1) };
      arrivals.set(bucket, tat + cost * emission);
      return { granted: true };
    },
    async settle(bucket, units, perMinute) {
      arrivals.set(bucket, (arrivals.get(bucket) ?? 0) + units * (60_000 / perMinute));
    },
    bookedUntil: async (bucket) => arrivals.get(bucket) ?? 0,
  };
}
