import type { TokenUsage } from '../tasks/task.ts';
import type { ProviderModel } from './provider.ts';

/** USD of one call by the definition's price. Tokens the provider read from its own prompt cache cost what the definition says of them. */
export function computeCost(model: ProviderModel, usage: TokenUsage): number {
  const cached = Math.min(usage.cachedPromptTokens ?? 0, usage.promptTokens);
  const cachedPrice = model.cachedInputUsdPerMillion ?? model.inputUsdPerMillion;
  const microUsd =
    (usage.promptTokens - cached) * model.inputUsdPerMillion +
    cached * cachedPrice +
    usage.completionTokens * model.outputUsdPerMillion;
  // To a billionth of a dollar: floating point dust would look like a price.
  return Math.round(microUsd * 1_000) / 1_000_000_000;
}
