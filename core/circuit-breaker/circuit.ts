/** What is stored of a provider's health; nothing, while nothing is wrong. Times are epoch milliseconds. */
export interface ProviderHealth {
  /** Failures since the last success. */
  failures?: number | undefined;
  /** The circuit is open until then, and half-open afterwards, until a probe succeeds. */
  openUntil?: number | undefined;
  /** Times it opened without a success in between. */
  openings?: number | undefined;
  /** A worker holds the probe until then. */
  probeUntil?: number | undefined;
  /** When the circuit last closed. */
  closedAt?: number | undefined;
  /** The provider asked not to be called before. */
  blockedUntil?: number | undefined;
}

export type CircuitState = 'closed' | 'open' | 'half_open';

/** This many failures without a success in between open the circuit. */
export const failuresToOpen = 5;
const firstOpenMs = 5_000;
const longestOpenMs = 120_000;
/** A refused key or an empty account takes longer to put right than an outage of seconds. */
const unusableOpenMs = 60_000;
/** A circuit that opens again within this time after it closed goes on doubling its open time. */
const relapseMs = 60_000;
/** The probe is free again after this, in case its worker died. */
export const probeMs = 30_000;
/** How long calls are held back after a 429 that names no time. */
const unnamedBlockMs = 1_000;

export function circuitState({ openUntil }: ProviderHealth, now: number): CircuitState {
  if (openUntil === undefined) return 'closed';
  return openUntil > now ? 'open' : 'half_open';
}

/** How often the circuit has opened without closing, and until when: twice as long each time. */
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
