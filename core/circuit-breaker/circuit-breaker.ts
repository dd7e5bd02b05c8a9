import type { ServiceError } from '../service-error.ts';

export type CallDecision =
  /** `heldUntil`: when it was held back last (epoch ms); absent where that is not known. */
  | { kind: 'allowed'; heldUntil?: number }
  /** The provider is to be asked whether it is well again: the caller holds the one probe. */
  | { kind: 'probe' }
  /** Not before `until` (epoch ms). `failover`: rather than wait, go to another provider if possible. */
  | { kind: 'wait'; until: number; reason: 'circuit_open' | 'rate_limited'; failover: boolean };

/** Circuit breaker and `Retry-After` of one provider, shared by all its workers. */
export interface CircuitBreaker {
  check(provider: string, now: number): Promise<CallDecision>;
  /** Whether the last check, a short time ago, found nothing wrong: another will most likely find the same. Asks nobody. */
  looksWell(provider: string, now: number): boolean;
  /** @param holdBackMs until the provider takes another call, where it said so with its answer */
  recordSuccess(provider: string, now: number, holdBackMs?: number): Promise<void>;
  /** Uses what tells of the provider's health: outages, overload, rate limits, a refused key, no balance. */
  recordFailure(provider: string, error: ServiceError, now: number): Promise<void>;
  /** Releases a probe for which no call was made; does nothing when its call was recorded. */
  releaseProbe(provider: string, now: number): Promise<void>;
  /** Like `check`, but takes no probe. */
  peek(provider: string, now: number): Promise<CallDecision>;
}

/** For an operator who knows better. */
export interface CircuitOverride {
  /** Ends an open circuit and a block: the provider is called as if nothing had been. */
  resume(provider: string, now: number): Promise<void>;
}
