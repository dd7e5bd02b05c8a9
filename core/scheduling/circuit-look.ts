import type { CallDecision, CircuitBreaker } from '../circuit-breaker/circuit-breaker.ts';

/**
 * A worker's look at its provider's circuit, made once for a piece of work: before anything is taken for it, or, where a look
 * a short time ago found nothing wrong, beside the claim of its task.
 */
export interface CircuitLook {
  decide(): Promise<CallDecision>;
  /** Gives the probe back, if it was taken. Does nothing when its call was recorded. */
  release(): Promise<void>;
}

export function lookAtCircuit(breaker: CircuitBreaker, provider: string, clock: () => number): CircuitLook {
  let decision: Promise<CallDecision> | undefined;
  return {
    decide() {
      decision ??= breaker.check(provider, clock());
      return decision;
    },
    async release() {
      // Of an environment: another piece of work may hold it.
      if ((await decision?.catch(() => undefined))?.kind === 'probe')
        await breaker.releaseProbe(provider, clock());
    },
  };
}

/** When the provider was held back last, epoch ms; 0: not that it is known. */
export function heldUntilBy(decision: CallDecision, now: number): number {
  if (decision.kind === 'probe') return now;
  return decision.kind === 'allowed' ? (decision.heldUntil ?? 0) : decision.until;
}
