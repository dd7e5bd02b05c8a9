import type { RoutingCandidate, Strategy } from '../tasks/task.ts';
import type { Candidate } from './estimate-candidates.ts';
import type { RoutingWeights } from './routing-request.ts';

export interface RankedCandidate {
  source: Candidate;
  candidate: RoutingCandidate;
}

/**
 * Best first. A candidate's score is made of its ratios to the best candidate: cost to the cheapest, time
 * until done (wait, call, and the calls repeated because some fail) to the soonest, quality to the best.
 */
export function rankCandidates(
  candidates: readonly Candidate[],
  weights: RoutingWeights[Strategy],
  timeLeftMs = Number.POSITIVE_INFINITY,
): RankedCandidate[] {
  const cheapest = Math.min(...candidates.map((candidate) => candidate.costUsd));
  const soonest = Math.min(...candidates.map(timeUntilDone));
  const best = Math.max(...candidates.map((candidate) => candidate.quality));
  const total = weights.cost + weights.speed + weights.quality;
  return candidates
    .map((source) => {
      const weighted =
        weights.cost * ratio(cheapest, source.costUsd) +
        weights.speed * ratio(soonest, timeUntilDone(source)) +
        weights.quality * qualityRatio(source.quality, best);
      // A failed call costs an attempt; a provider that always fails is worth nothing at any price.
      const reliability = 1 - source.errorRate ** 2;
      const inTime = timeUntilDone(source) < timeLeftMs ? 1 : worthOfLate;
      return { source, score: (weighted / total) * reliability * inTime };
    })
    .sort((one, other) => other.score - one.score || compareNames(one.source, other.source))
    .map(({ source, score }) => ({ source, candidate: describe(source, score) }));
}

/** Factor for a candidate that would be done after the deadline. Where all would, no order changes. */
const worthOfLate = 0.1;

function timeUntilDone({ waitMs, latencyMs, errorRate }: Candidate): number {
  return waitMs + latencyMs / (1 - Math.min(errorRate, 0.95));
}

function ratio(best: number, own: number): number {
  return own <= best ? 1 : best / own;
}

/** Qualities differ by little, prices by factors: the fourth power makes 0.9 of the best count as 0.66. */
function qualityRatio(quality: number, best: number): number {
  return best === 0 ? 1 : (quality / best) ** 4;
}

/** Of one provider's models the first that it lists stays the first. */
function compareNames(one: Candidate, other: Candidate): number {
  const [a, b] = [one.provider.definition.name, other.provider.definition.name];
  return a === b ? 0 : a < b ? -1 : 1;
}

function describe(source: Candidate, score: number): RoutingCandidate {
  return {
    provider: source.provider.definition.name,
    model: source.modelName,
    score: Math.round(score * 10_000) / 10_000,
    reasons: {
      cost_usd: source.costUsd,
      wait_ms: source.waitMs,
      latency_ms: source.latencyMs,
      quality: Math.round(source.quality * 1_000) / 1_000,
      error_rate: Math.round(source.errorRate * 1_000) / 1_000,
    },
  };
}
