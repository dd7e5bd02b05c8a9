import type { ProviderFailure } from '../attempts/provider-failure.ts';

/** What is kept of a provider's health; absent members: nothing is wrong. Times are epoch milliseconds. */
export interface ProviderHealth {
  /** Failures since the last success. */
  failures?: number | undefined;
  /** The circuit is open until then, and half-open afterwards, until a probe succeeds. */
  openUntil?: number | undefined;
  /** Times it opened without a success in between, but for refused connections. */
  openings?: number | undefined;
  /** The circuit is open because connections are refused, since then and by nothing else. */
  refusedSince?: number | undefined;
  /** Somebody holds the probe until then. */
  probeUntil?: number | undefined;
  /** When a probe, or an operator, ended the last circuit or block. */
  closedAt?: number | undefined;
  /** The provider asked not to be called, and is not called before. */
  blockedUntil?: number | undefined;
  /** What it asked for. Where that is later than `blockedUntil`, single probes ask it again in between. */
  askedUntil?: number | undefined;
}

export type CircuitState = 'closed' | 'open' | 'half_open';

/** This many failures without a success in between open the circuit. */
export const failuresToOpen = 5;

/** Whether a failure opens the circuit alone: the next call would fail like it, and would cost a task an attempt. */
export function opensAtOnce({ kind, health }: Pick<ProviderFailure, 'kind' | 'health'>): boolean {
  return health === 'unusable' || kind === 'unreachable';
}
const firstOpenMs = 5_000;
/**
 * A provider is never left alone for longer than this: then one call probes it, whatever it did and however long it
 * asked for. Limits are counted by the minute, so two minutes honour each of them; what is longer is a day's quota, an
 * outage that nobody can foresee the end of, or a mistake, and a probe in two minutes is 720 calls a day at most.
 */
export const longestHoldMs = 120_000;
/** A key that is refused or an account without balance is not mended in seconds. */
const unusableOpenMs = 60_000;
/**
 * How soon a server that refuses connections is looked for again, by how long it has refused them. A look is a connection
 * and no call; what it costs is that all who wait come with it, so that they come the more seldom the longer it lasts.
 * With whole seconds of SQS and the way to a worker the first two find it within 5 s.
 */
function untilNextLook(refusedForMs: number): number {
  if (refusedForMs < 60_000) return 2_000;
  return refusedForMs < 10 * 60_000 ? 3_000 : 15_000;
}
/** A circuit that opens again so soon after it closed goes on where it was. */
const relapseMs = 60_000;
/** The probe is free again after this, in case its worker died. */
export const probeMs = 30_000;
/** How long calls are held back after a 429 that names no time. */
const unnamedBlockMs = 1_000;
/** For so long after a probe got an answer that was not due, long waits that come with answers are not believed. */
const disbeliefMs = 3_600_000;
const never = Number.NEGATIVE_INFINITY;

export function circuitState({ openUntil }: ProviderHealth, now: number): CircuitState {
  if (openUntil === undefined) return 'closed';
  return openUntil > now ? 'open' : 'half_open';
}

/** Whether the provider is called by single probes: after an open circuit, or while it wants to be left alone for longer. */
export function needsProbe(health: ProviderHealth, now: number): boolean {
  const { blockedUntil = 0, askedUntil = 0 } = health;
  return circuitState(health, now) === 'half_open' || (blockedUntil <= now && askedUntil > now);
}

export interface OpenCircuit {
  openings: number;
  openUntil: number;
  refusedSince: number | undefined;
}

/**
 * The circuit after a failure that opens it. Each period is twice the one before; after a refused connection, which costs
 * neither time nor money, it is short.
 */
export function openCircuit(
  health: ProviderHealth,
  { kind, health: says }: Pick<ProviderFailure, 'kind' | 'health'>,
  now: number,
): OpenCircuit {
  const goesOn = health.openUntil !== undefined || now - (health.closedAt ?? never) < relapseMs;
  const openings = goesOn ? (health.openings ?? 0) : 0;
  if (kind === 'unreachable') {
    const refusedSince = health.refusedSince ?? now;
    return { openings, openUntil: now + untilNextLook(now - refusedSince), refusedSince };
  }
  const period = (says === 'unusable' ? unusableOpenMs : firstOpenMs) * 2 ** openings;
  return {
    openings: openings + 1,
    openUntil: now + Math.min(period, longestHoldMs),
    refusedSince: undefined,
  };
}

/**
 * Whether a look that was not refused closes the circuit for all: nothing else held the provider back. The first failure
 * then opens it again.
 */
export function endsByLook({ refusedSince, askedUntil = 0 }: ProviderHealth, now: number): boolean {
  return refusedSince !== undefined && askedUntil <= now;
}

export type Block = Required<Pick<ProviderHealth, 'blockedUntil' | 'askedUntil'>>;

/**
 * The block after a refusal.
 *
 * @param waitMs what the provider asked for; undefined: it named no time, and what it asked for before still stands
 */
export function blockAfterRefusal(health: ProviderHealth, waitMs: number | undefined, now: number): Block {
  if (waitMs !== undefined) return blockFor(waitMs, now);
  const { askedUntil = 0 } = health;
  if (askedUntil <= now) return blockFor(unnamedBlockMs, now);
  return { blockedUntil: Math.min(askedUntil, now + longestHoldMs), askedUntil };
}

/**
 * The block after an answer that says that a limit is used up; undefined: it is not believed, since the provider had
 * asked for as much before and then answered a probe all the same.
 */
export function blockAfterAnswer(health: ProviderHealth, waitMs: number, now: number): Block | undefined {
  const isDisproved = waitMs > longestHoldMs && now - (health.closedAt ?? never) < disbeliefMs;
  return isDisproved ? undefined : blockFor(waitMs, now);
}

function blockFor(waitMs: number, now: number): Block {
  return { blockedUntil: now + Math.min(waitMs, longestHoldMs), askedUntil: now + waitMs };
}

export const holdReasons = ['circuit_open', 'asked_to_wait'] as const;
export type HoldReason = (typeof holdReasons)[number];

/** Why a provider is held back, and until when if no probe ends it before; undefined: it is not. */
export function holdOf(
  health: ProviderHealth,
  now: number,
): { until: number; reason: HoldReason } | undefined {
  const { openUntil = 0, blockedUntil = 0, askedUntil = 0 } = health;
  const asked = Math.max(blockedUntil, askedUntil);
  if (Math.max(openUntil, asked) <= now) return undefined;
  return asked > openUntil
    ? { until: asked, reason: 'asked_to_wait' }
    : { until: openUntil, reason: 'circuit_open' };
}
