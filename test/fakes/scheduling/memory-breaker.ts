import { asProviderFailure } from '../../../core/attempts/provider-failure.ts';
import {
  type Block,
  blockAfterAnswer,
  blockAfterRefusal,
  circuitState,
  failuresToOpen,
  openCircuit,
  opensAtOnce,
  type ProviderHealth,
  probeMs,
} from '../../../core/circuit-breaker/circuit.ts';
import type { CircuitBreaker, CircuitOverride } from '../../../core/circuit-breaker/circuit-breaker.ts';
import { decideCall } from '../../../core/circuit-breaker/decide-call.ts';

/** The circuits of all providers in memory, as one worker environment sees them. */
export function createMemoryBreakers(): () => CircuitBreaker & CircuitOverride {
  const healths = new Map<string, ProviderHealth>();
  /** Every environment has seen what the last one to check saw: it may be wrong by now. */
  const looked = new Set<string>();
  const of = (provider: string) => healths.get(provider) ?? {};
  const set = (provider: string, members: ProviderHealth) =>
    healths.set(provider, { ...of(provider), ...members });
  const block = (provider: string, change: Block | undefined) => {
    if (change && change.blockedUntil > (of(provider).blockedUntil ?? 0)) set(provider, change);
  };
  return () => {
    let holdsProbe = false;
    return {
      looksWell: (provider) => looked.has(provider),
      peek: async (provider, now) => decideCall(of(provider), now),
      async check(provider, now) {
        const decision = decideCall(of(provider), now);
        if (decision.kind === 'allowed') looked.add(provider);
        else looked.delete(provider);
        holdsProbe ||= decision.kind === 'probe';
        if (decision.kind === 'probe') set(provider, { probeUntil: now + probeMs });
        return decision;
      },
      async recordSuccess(provider, now, holdBackMs) {
        if (holdsProbe) healths.set(provider, { closedAt: now, blockedUntil: of(provider).blockedUntil });
        else if (of(provider).openUntil === undefined) set(provider, { failures: 0 });
        if (holdBackMs) block(provider, blockAfterAnswer(of(provider), holdBackMs, now));
        holdsProbe = false;
      },
      async recordFailure(provider, error, now) {
        const failure = asProviderFailure(error);
        const { health, retryAfter } = failure;
        if (health === 'rate_limited' || (health === 'outage' && retryAfter !== undefined))
          block(provider, blockAfterRefusal(of(provider), retryAfter, now));
        const isDown = health === 'outage' || health === 'unusable';
        if (isDown) set(provider, { failures: (of(provider).failures ?? 0) + 1 });
        const isFull = opensAtOnce(failure) || (of(provider).failures ?? 0) >= failuresToOpen;
        const opens = holdsProbe ? isDown : isFull && circuitState(of(provider), now) === 'closed';
        if (isDown && opens) set(provider, openCircuit(of(provider), failure, now));
        if (holdsProbe) set(provider, { probeUntil: undefined });
        holdsProbe = false;
      },
      async releaseProbe(provider) {
        if (holdsProbe) set(provider, { probeUntil: undefined });
        holdsProbe = false;
      },
      async resume(provider, now) {
        healths.set(provider, { closedAt: now });
      },
    };
  };
}
