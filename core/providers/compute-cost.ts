import type { TokenUsage } from '../tasks/task.ts';
import type { ProviderModel } from './provider.ts';

/** USD of one call, by the definition. Prompt tokens that the provider had cached have their own price. */
export function computeCost(model: ProviderModel, usage: TokenUsage): number {
  const cached = Math.min(usage.cachedPromptTokens ?? 0, usage.promptTokens);
  const cachedPrice = model.cachedInputUsdPerMillion ?? model.inputUsdPerMillion;
  const microUsd =
    (usage.promptTokens - cached) * model.inputUsdPerMillion +
    cached * cachedPrice +
    usage.completionTokens * model.outputUsdPerMillion;
  // To a billionth of a dollar, without the rounding errors of floating point.
  return Math.round(microUsd * 1_000) / 1_000_000_000;
}
