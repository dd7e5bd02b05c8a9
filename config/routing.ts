import type { RoutingWeights } from '../core/routing/routing-request.ts';

/**
 * How much cost, speed and quality of a candidate count, by the caller's strategy. Only the proportions
 * within a strategy matter. What is weighed is the ratio to the best candidate: 1 for the cheapest, 0.5 for
 * one that costs twice as much.
 */
export const routingWeights: RoutingWeights = {
  cost: { cost: 0.94, speed: 0.03, quality: 0.03 },
  speed: { cost: 0.03, speed: 0.94, quality: 0.03 },
  quality: { cost: 0.03, speed: 0.03, quality: 0.94 },
  balanced: { cost: 0.3, speed: 0.3, quality: 0.4 },
};
