/** What is kept of a provider's health; absent members: nothing is wrong. Times are epoch milliseconds. */
export interface ProviderHealth {
  /** Failures since the last success. */
  failures?: number | undefined;
  /** The circuit is open until then, and half-open afterwards, until a probe succeeds. */
  openUntil?: number | undefined;
  /** Times it opened without a success in between. */
  openings?: number | undefined;
  /** Somebody holds the probe until then. */
  probeUntil?: number | undefined;
  /** When it closed last. */
  closedAt?: number | undefined;
  /** The provider asked not to be called before. */
  blockedUntil?: number | undefined;
}

export type CircuitState = 'closed' | 'open' | 'half_open';

/** This many failures without a success in between open the circuit. */
export const failuresToOpen = 5;
const firstOpenMs = 5_000;
const longestOpenMs = 120_000;
/** A key that is refused or an account without balance is not mended in seconds. */
const unusableOpenMs = 60_000;
/** A circuit that opens again so soon after it closed goes on where it was. */
const relapseMs = 60_000;
/** A probe whose worker died is anyone's again after this. */
export const probeMs = 30_000;
/** Calls are held back so long after a 429 that names no time. */
const unnamedBlockMs = 1_000;

export function circuitState({ openUntil }: ProviderHealth, now: number): CircuitState {
  if (openUntil === undefined) return 'closed';
  return openUntil > now ? 'open' : 'half_open';
}

/** How often the circuit has now opened without closing, and until when: each period is twice the one before. */
export function openCircuit(
  health: ProviderHealth,
  unusable: boolean,
  now: number,
): { openings: number; openUntil: number } {
  const goesOn = health.openUntil !== undefined || now - (health.closedAt ?? 0) < relapseMs;
  const openings = goesOn ? (health.openings ?? 0) + 1 : 1;
  const period = (unusable ? unusableOpenMs : firstOpenMs) * 2 ** (openings - 1);
  return { openings, openUntil: now + Math.min(period, longestOpenMs) };
}

/** Until when calls are held back after a refusal with this wait. */
export function blockUntil(retryAfterMs: number | undefined, now: number): number {
  return now + (retryAfterMs ?? unnamedBlockMs);
}
