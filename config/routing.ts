import type { RoutingWeights } from '../core/routing/choose-provider.ts';

/**
 * How much each side of a candidate counts, by the caller's strategy. Only ratios within a row matter. A side is a
 * ratio to the best candidate (1 for the cheapest, the soonest done, the best), so 0.9 means "10 % dearer or slower".
 */
export const routingWeights: RoutingWeights = {
  cost: { cost: 0.94, speed: 0.03, quality: 0.03 },
  speed: { cost: 0.03, speed: 0.94, quality: 0.03 },
  quality: { cost: 0.03, speed: 0.03, quality: 0.94 },
  balanced: { cost: 0.3, speed: 0.3, quality: 0.4 },
};
