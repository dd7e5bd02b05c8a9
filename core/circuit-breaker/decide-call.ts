import { longestWaitBeforeFailoverMs } from '../routing/next-candidate.ts';
import { circuitState, type ProviderHealth } from './circuit.ts';
import type { CallDecision } from './circuit-breaker.ts';

/** How soon to ask again while another worker holds the probe. */
const probePollMs = 1_000;

/** Whether a provider may be called now. `probe`: the circuit is half-open and no worker holds its probe. */
export function decideCall(health: ProviderHealth, now: number): CallDecision {
  const { openUntil = 0, blockedUntil = 0, probeUntil = 0 } = health;
  const state = circuitState(health, now);
  if (state === 'open') {
    const until = Math.max(openUntil, blockedUntil);
    return { kind: 'wait', until, reason: 'circuit_open', failover: true };
  }
  if (blockedUntil > now)
    return {
      kind: 'wait',
      until: blockedUntil,
      reason: 'rate_limited',
      failover: blockedUntil - now > longestWaitBeforeFailoverMs,
    };
  if (state === 'closed') return { kind: 'allowed' };
  if (probeUntil <= now) return { kind: 'probe' };
  return {
    kind: 'wait',
    until: Math.min(probeUntil, now + probePollMs),
    reason: 'circuit_open',
    failover: true,
  };
}
