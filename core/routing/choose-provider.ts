import type { EnabledProvider } from '../providers/enabled-provider.ts';
import type { ProviderState } from '../providers/provider-states.ts';
import { ServiceError } from '../service-error.ts';
import type { RoutingDecision } from '../tasks/task.ts';
import type { Candidate } from './estimate-candidates.ts';
import { listCandidates } from './list-candidates.ts';
import { rankCandidates } from './rank-candidates.ts';
import type { RoutingRequest, RoutingWeights } from './routing-request.ts';

/**
 * Ranks the providers for a task, the best first, each with its best model. A failover goes to the next one.
 * Where the caller pinned a provider or model, only that is ranked; with `failover` it comes first.
 *
 * Only models of the request's kind are ranked. Full queues are no reason to refuse. Throws ServiceError `invalid_request` for an unknown provider or model
 * or a task that fits no model, and `no_provider_available` (retryable) when no provider is enabled.
 */
export function chooseProvider(
  request: RoutingRequest,
  enabled: readonly EnabledProvider[],
  states: ReadonlyMap<string, ProviderState>,
  weights: RoutingWeights,
  now: number,
): RoutingDecision {
  if (enabled.length === 0)
    throw new ServiceError('no_provider_available', 'No provider is enabled', { retryable: true });
  const { config } = request;
  const pinned = config.provider !== undefined || config.model !== undefined;
  const { candidates, excluded } = listCandidates(request, enabled, states, now);
  const ranking = rankCandidates(candidates, weights[config.strategy], request.timeLeftMs);
  const chosen = pinned ? ranking.filter((candidate) => isPinned(candidate.source, config)) : ranking;
  const others =
    pinned && config.failover ? ranking.filter((candidate) => !isPinned(candidate.source, config)) : [];
  return {
    strategy: config.strategy,
    pinned,
    ranking: firstOfEachProvider(comparable([...chosen, ...others], request)).map(
      ({ candidate }) => candidate,
    ),
    excluded,
  };
}

function isPinned(candidate: Candidate, config: RoutingRequest['config']): boolean {
  return (
    (config.provider === undefined || candidate.provider.definition.name === config.provider) &&
    (config.model === undefined || candidate.modelName === config.model)
  );
}

/** Vectors of two models cannot be compared: only the same one at another provider may take over. */
function comparable<T extends { source: Candidate }>(ranking: T[], { kind }: RoutingRequest): T[] {
  if (kind !== 'embedding') return ranking;
  return ranking.filter(({ source }) => source.modelName === ranking[0]?.source.modelName);
}

function firstOfEachProvider<T extends { source: Candidate }>(ranking: T[]): T[] {
  const seen = new Set<string>();
  return ranking.filter(({ source }) => {
    const { name } = source.provider.definition;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
