import { longestWaitBeforeFailoverMs } from '../routing/next-candidate.ts';
import { circuitState, needsProbe, type ProviderHealth, probeMs } from './circuit.ts';
import type { CallDecision } from './circuit-breaker.ts';

/** While another's probe is under way: how soon to ask again at first, then after as long as it takes already. */
const probePollMs = 1_000;
/** The same where the probe begins with a look whether connections are still refused. */
const lookPollMs = 500;

/** Whether a provider may be called now. `probe`: it is to be asked by one call, and that is free to be taken. */
export function decideCall(health: ProviderHealth, now: number): CallDecision {
  const { openUntil = 0, blockedUntil = 0, askedUntil = 0, probeUntil = 0, closedAt = 0 } = health;
  const pollMs = health.refusedSince === undefined ? probePollMs : lookPollMs;
  if (circuitState(health, now) === 'open') {
    const until = Math.max(openUntil, blockedUntil);
    return { kind: 'wait', until, reason: 'circuit_open', failover: true };
  }
  if (blockedUntil > now)
    return {
      kind: 'wait',
      until: blockedUntil,
      reason: 'rate_limited',
      failover: Math.max(blockedUntil, askedUntil) - now > longestWaitBeforeFailoverMs,
    };
  if (!needsProbe(health, now)) {
    const heldUntil = Math.max(blockedUntil, closedAt);
    return heldUntil > 0 ? { kind: 'allowed', heldUntil } : { kind: 'allowed' };
  }
  if (probeUntil <= now) return { kind: 'probe' };
  const probedForMs = now - (probeUntil - probeMs);
  return {
    kind: 'wait',
    until: Math.min(probeUntil, now + Math.max(pollMs, probedForMs)),
    reason: openUntil > 0 ? 'circuit_open' : 'rate_limited',
    failover: true,
  };
}
