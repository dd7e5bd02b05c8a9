import { randomUUID } from 'node:crypto';
import { asProviderFailure, ProviderFailure } from '../core/attempts/provider-failure.ts';
import {
  type Block,
  blockAfterAnswer,
  blockAfterRefusal,
  circuitState,
  endsByLook,
  failuresToOpen,
  openCircuit,
  opensAtOnce,
  type ProviderHealth,
  probeMs,
} from '../core/circuit-breaker/circuit.ts';
import type { CallDecision, CircuitBreaker } from '../core/circuit-breaker/circuit-breaker.ts';
import { decideCall } from '../core/circuit-breaker/decide-call.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type HealthRow, healthFromItem, healthKey } from './provider-health-item.ts';

/** The provider is to be asked, nobody else does, and nothing else holds calls back. The other way is this write's own repeat. */
const probeIsFree =
  '((#open_until <= :now OR (attribute_not_exists(#open_until) AND #asked_until > :now)) ' +
  'AND (attribute_not_exists(#probe_until) OR #probe_until <= :now) ' +
  'AND (attribute_not_exists(#blocked_until) OR #blocked_until <= :now)) OR #prober = :prober';
const holdsProbe = '#prober = :prober';

/** A check counts for the next one's outcome for so long. */
const believedMs = 30_000;

/** What an environment knows of a provider. */
interface Memory {
  /** As it was when it was last looked at. */
  health: ProviderHealth;
  /** The name under which it holds the probe. */
  prober: string | undefined;
}

export interface DynamoCircuitBreakerOptions {
  table: DynamoTable;
  /**
   * Whether the provider refuses connections; asked before a call probes one that did, since a call costs a task an
   * attempt. Default: only a call shows it.
   */
  refuses?: (provider: string) => Promise<boolean>;
  /** Told of the item each time that it is read: others keep there what every worker must know. */
  noteHealth?: (provider: string, item: Item | undefined) => void;
}

/**
 * A provider's circuit, and until when it asked not to be called, in one item. While all is well a check is
 * one consistent GetItem and a success writes nothing. What the last check saw is remembered: only the
 * environment that took the probe knows that it holds it.
 */
export function createDynamoCircuitBreaker(options: DynamoCircuitBreakerOptions): CircuitBreaker {
  const { table, refuses } = options;
  const seen = new Map<string, Memory>();
  /** When a check found nothing wrong last. */
  const wellAt = new Map<string, number>();
  const recall = (provider: string): Memory => seen.get(provider) ?? { health: {}, prober: undefined };

  async function block(provider: string, { blockedUntil, askedUntil }: Block): Promise<void> {
    await table.update<HealthRow>({
      key: healthKey(provider),
      set: { blocked_until: blockedUntil, asked_until: askedUntil },
      condition: 'attribute_not_exists(#blocked_until) OR #blocked_until < :blockedUntil',
      values: { blockedUntil },
    });
  }

  /**
   * Answers until when the circuit is open now.
   *
   * @param prober who held the probe; undefined: the circuit was closed
   */
  async function open(
    provider: string,
    health: ProviderHealth,
    failure: ProviderFailure,
    now: number,
    prober?: string,
  ): Promise<number> {
    const { openings, openUntil, refusedSince } = openCircuit(health, failure, now);
    await table.update<HealthRow>({
      key: healthKey(provider),
      set: { open_until: openUntil, openings, refused_since: refusedSince },
      remove: ['probe_until', 'prober', ...(refusedSince === undefined ? (['refused_since'] as const) : [])],
      condition: prober === undefined ? 'attribute_not_exists(#open_until)' : holdsProbe,
      values: { prober },
    });
    return openUntil;
  }

  /** Counts a failure; after enough of them the circuit opens. */
  async function countFailure(provider: string, failure: ProviderFailure, now: number): Promise<void> {
    const outcome = await table.update<HealthRow>({
      key: healthKey(provider),
      add: { failures: 1 },
      returnNew: true,
    });
    const health = healthFromItem(outcome.item);
    seen.set(provider, { ...recall(provider), health });
    const isFull = opensAtOnce(failure) || (health.failures ?? 0) >= failuresToOpen;
    if (isFull && circuitState(health, now) === 'closed') await open(provider, health, failure, now);
  }

  /** From now on nothing is known, and no probe is held. */
  function takeMemory(provider: string): Memory {
    const memory = recall(provider);
    seen.set(provider, { health: {}, prober: undefined });
    return memory;
  }

  /**
   * With the probe in hand: a provider that refused connections is asked for one before it is asked by a call. One that
   * takes it is there for all who wait: a call as the probe would hold them up for as long as it lasts.
   */
  async function beforeProbe(provider: string, now: number): Promise<CallDecision> {
    const { health, prober } = recall(provider);
    if (health.refusedSince === undefined || !refuses) return { kind: 'probe' };
    const isRefused = await refuses(provider);
    if (!isRefused && !endsByLook(health, now)) return { kind: 'probe' };
    takeMemory(provider);
    if (!isRefused) return closeAfterLook(provider, now, prober);
    const failure = new ProviderFailure('unreachable', `${provider} refuses connections`);
    const until = await open(provider, health, failure, now, prober);
    return { kind: 'wait', until, reason: 'circuit_open', failover: true };
  }

  /** It takes connections, and is not known to be well: the first failure opens the circuit again. */
  async function closeAfterLook(
    provider: string,
    now: number,
    prober: string | undefined,
  ): Promise<CallDecision> {
    const failures = failuresToOpen - 1;
    await table.update<HealthRow>({
      key: healthKey(provider),
      set: { closed_at: now, failures },
      remove: ['open_until', 'refused_since', 'probe_until', 'prober'],
      condition: holdsProbe,
      values: { prober },
    });
    seen.set(provider, { health: { failures }, prober: undefined });
    return { kind: 'allowed', heldUntil: now };
  }

  return {
    async check(provider, now) {
      const item = await table.get(healthKey(provider), { consistent: true });
      options.noteHealth?.(provider, item);
      const health = healthFromItem(item);
      seen.set(provider, { ...recall(provider), health });
      const decision = decideCall(health, now);
      if (decision.kind === 'allowed' && !health.failures) wellAt.set(provider, now);
      else wellAt.delete(provider);
      if (decision.kind !== 'probe') return decision;
      const prober = randomUUID();
      const outcome = await table.update<HealthRow>({
        key: healthKey(provider),
        set: { probe_until: now + probeMs, prober },
        condition: probeIsFree,
        values: { now, prober },
      });
      if (outcome.applied) {
        seen.set(provider, { health, prober });
        return beforeProbe(provider, now);
      }
      const changed = decideCall(healthFromItem(outcome.item), now);
      // The probe was freed between the two requests: ask again soon.
      return changed.kind === 'probe'
        ? { kind: 'wait', until: now + 100, reason: 'circuit_open', failover: false }
        : changed;
    },

    looksWell: (provider, now) => now - (wellAt.get(provider) ?? Number.NEGATIVE_INFINITY) < believedMs,

    async peek(provider, now) {
      return decideCall(healthFromItem(await table.get(healthKey(provider), { consistent: true })), now);
    },

    async recordSuccess(provider, now, holdBackMs) {
      const { health, prober } = takeMemory(provider);
      if (prober !== undefined)
        await table.update<HealthRow>({
          key: healthKey(provider),
          set: { closed_at: now },
          remove: ['open_until', 'refused_since', 'asked_until', 'probe_until', 'prober', 'failures'],
          condition: 'attribute_exists(#open_until) OR attribute_exists(#asked_until)',
        });
      else if ((health.failures ?? 0) > 0)
        await table.update<HealthRow>({
          key: healthKey(provider),
          remove: ['failures'],
          condition: 'attribute_not_exists(#open_until)',
        });
      const told = prober === undefined ? health : { closedAt: now };
      const after = holdBackMs ? blockAfterAnswer(told, holdBackMs, now) : undefined;
      if (after) await block(provider, after);
    },

    async recordFailure(provider, error, now) {
      wellAt.delete(provider);
      const failure = asProviderFailure(error);
      const { health: says, retryAfter } = failure;
      const { health, prober } = recall(provider);
      if (says === 'rate_limited' || (says === 'outage' && retryAfter !== undefined))
        await block(provider, blockAfterRefusal(health, retryAfter, now));
      const isDown = says === 'outage' || says === 'unusable';
      if (prober === undefined) {
        if (isDown) await countFailure(provider, failure, now);
        return;
      }
      takeMemory(provider);
      // Only an outage shows that the provider is not back. After a fault of the task the next one may try.
      if (isDown) await open(provider, health, failure, now, prober);
      else await freeProbe(provider, prober);
    },

    async releaseProbe(provider) {
      const { prober } = recall(provider);
      if (prober === undefined) return;
      takeMemory(provider);
      await freeProbe(provider, prober);
    },
  };

  async function freeProbe(provider: string, prober: string): Promise<void> {
    await table.update<HealthRow>({
      key: healthKey(provider),
      remove: ['probe_until', 'prober'],
      condition: holdsProbe,
      values: { prober },
    });
  }
}
