import { computeCost } from '../providers/compute-cost.ts';
import type { EnabledProvider } from '../providers/enabled-provider.ts';
import type { ProviderModel } from '../providers/provider.ts';
import type { ProviderState } from '../providers/provider-states.ts';
import type { Priority } from '../tasks/task.ts';
import type { RoutingRequest } from './routing-request.ts';

/** One model of one provider, with what it would cost and take now. */
export interface Candidate {
  provider: EnabledProvider;
  model: ProviderModel;
  /** The model's name at the provider; differs from the definition's for a server that runs any model. */
  modelName: string;
  costUsd: number;
  waitMs: number;
  latencyMs: number;
  errorRate: number;
  /** Of the definition, a little less where JSON is needed and the provider enforces no schema. */
  quality: number;
}

/** Factors of quality by the way of asking for JSON: the weaker it is, the more answers need a repair. */
const structuredQuality = { json_schema: 1, json_object: 0.99, prompt: 0.97 } as const;

export type Offer = Pick<Candidate, 'provider' | 'model' | 'modelName'>;

interface OfferWithState {
  offer: Offer;
  state: ProviderState | undefined;
}

/** What each offer would cost and take now. */
export function estimateCandidates(
  offers: readonly OfferWithState[],
  request: RoutingRequest,
  now: number,
): Candidate[] {
  const factor = guessFactor(offers);
  return offers.map(({ offer, state }) => estimate(offer, state, request, factor, now));
}

/**
 * Factor for the latency that a definition guesses, of a provider that was not measured: the median of
 * measured ÷ guessed over those that were, halved, so that a provider that was never called gets tried. 1
 * where nothing was measured.
 */
function guessFactor(offers: readonly OfferWithState[]): number {
  const ratios = offers
    .flatMap(({ offer, state }) => (state?.latencyMs ? [state.latencyMs.p50 / guessOfDefault(offer)] : []))
    .sort((one, other) => one - other);
  return (ratios[Math.floor(ratios.length / 2)] ?? 2) / 2;
}

function guessOfDefault({ provider: { definition }, model }: Offer): number {
  const guess = definition.models.find(({ name }) => name === definition.defaultModel)?.typicalLatencyMs;
  return guess ?? model.typicalLatencyMs;
}

function estimate(
  offer: Offer,
  state: ProviderState | undefined,
  { estimatedTokens, needsStructuredOutput, priority = 'normal' }: RoutingRequest,
  factor: number,
  now: number,
): Candidate {
  const { settings } = offer.provider;
  const errorRate = state?.routingErrorRate ?? 0;
  // Latency is measured by provider; for its other models it follows from the ratio of the guesses.
  const ofDefault = state?.latencyMs?.p50 ?? guessOfDefault(offer) * factor;
  const latencyMs = (ofDefault * offer.model.typicalLatencyMs) / guessOfDefault(offer);
  const blockedMs = Math.max(0, (state?.blockedUntil ?? 0) - now);
  const ahead = state ? state.processing + queuedAhead(state, priority) : 0;
  const rounds = Math.max(0, ahead + 1 - settings.concurrencyLimit) / settings.concurrencyLimit;
  return {
    ...offer,
    costUsd: computeCost(offer.model, {
      promptTokens: estimatedTokens.prompt,
      completionTokens: estimatedTokens.completion,
    }),
    waitMs: Math.round(blockedMs + rounds * ofDefault),
    latencyMs: Math.round(latencyMs),
    errorRate,
    quality: offer.model.quality * (needsStructuredOutput ? structuredQuality[wayOf(offer)] : 1),
  };
}

function wayOf({ provider: { definition }, model }: Offer): keyof typeof structuredQuality {
  return model.refuses.includes('response_format') ? 'prompt' : definition.structuredOutput;
}

function queuedAhead({ queued }: ProviderState, priority: Priority): number {
  if (priority === 'high') return queued.high;
  return priority === 'normal' ? queued.high + queued.normal : queued.high + queued.normal + queued.low;
}
