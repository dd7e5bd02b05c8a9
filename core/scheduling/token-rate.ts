import type { RateLimiter } from './rate-limiter.ts';

export interface TokenRate {
  /** Undefined: taken. Otherwise when to try again (epoch ms). */
  take(estimatedTokens: number, now: number): Promise<number | undefined>;
  /** Real use is known: corrects the estimate; 0 when nothing was used. */
  settle(estimatedTokens: number, usedTokens: number): Promise<void>;
}

/** Providers count over about a minute; a tenth of it at once keeps the sum of any minute near the limit. */
const burstShare = 0.1;

/** Tokens per minute: the estimate is taken before the call, the difference settled after it. */
export function createTokenRate(options: {
  rates: RateLimiter;
  provider: string;
  tokensPerMinute?: number | undefined;
}): TokenRate {
  const { rates, provider, tokensPerMinute } = options;
  if (tokensPerMinute === undefined) return { take: async () => undefined, settle: async () => {} };
  const bucket = `${provider}#tokens`;
  const burst = tokensPerMinute * burstShare;
  const rate = { perMinute: tokensPerMinute - burst, burst };
  return {
    async take(estimatedTokens, now) {
      const outcome = await rates.take(bucket, estimatedTokens, rate, now);
      return outcome.granted ? undefined : outcome.retryAt;
    },
    settle: (estimatedTokens, usedTokens) =>
      rates.settle(bucket, usedTokens - estimatedTokens, rate.perMinute),
  };
}
