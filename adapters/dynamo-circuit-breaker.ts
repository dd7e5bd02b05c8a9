import { asProviderFailure } from '../core/attempts/provider-failure.ts';
import {
  blockUntil,
  circuitState,
  failuresToOpen,
  openCircuit,
  type ProviderHealth,
  probeMs,
} from '../core/circuit-breaker/circuit.ts';
import type { CircuitBreaker } from '../core/circuit-breaker/circuit-breaker.ts';
import { decideCall } from '../core/circuit-breaker/decide-call.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type HealthRow, healthFromItem, healthKey } from './provider-health-item.ts';

/** The probe is free: the circuit is half-open, nobody holds it, nothing else holds calls back. */
const probeIsFree =
  '#open_until <= :now AND (attribute_not_exists(#probe_until) OR #probe_until <= :now) ' +
  'AND (attribute_not_exists(#blocked_until) OR #blocked_until <= :now)';

/**
 * A provider's circuit, and until when it asked not to be called, in one item. While all is well a check is
 * one consistent GetItem and a success writes nothing. What the last check saw is remembered: only the
 * environment that took the probe knows that it holds it.
 */
export function createDynamoCircuitBreaker(options: { table: DynamoTable }): CircuitBreaker {
  const { table } = options;
  const seen = new Map<string, { failures: number; probe: boolean }>();
  const remember = (provider: string, { failures }: ProviderHealth) => {
    const probe = seen.get(provider)?.probe ?? false;
    seen.set(provider, { failures: failures ?? 0, probe });
  };

  async function readHealth(provider: string): Promise<ProviderHealth> {
    const health = healthFromItem(await table.get(healthKey(provider), { consistent: true }));
    remember(provider, health);
    return health;
  }

  async function holdBack(provider: string, until: number): Promise<void> {
    await table.update<HealthRow>({
      key: healthKey(provider),
      set: { blocked_until: until },
      condition: 'attribute_not_exists(#blocked_until) OR #blocked_until < :until',
      values: { until },
    });
  }

  async function open(
    provider: string,
    health: ProviderHealth,
    unusable: boolean,
    now: number,
    condition: string,
  ) {
    const { openings, openUntil } = openCircuit(health, unusable, now);
    await table.update<HealthRow>({
      key: healthKey(provider),
      set: { open_until: openUntil, openings },
      remove: ['probe_until'],
      condition,
    });
  }

  /** Counts a failure; after enough of them the circuit opens. */
  async function countFailure(provider: string, unusable: boolean, now: number): Promise<void> {
    const outcome = await table.update<HealthRow>({
      key: healthKey(provider),
      add: { failures: 1 },
      returnNew: true,
    });
    const health = healthFromItem(outcome.item);
    remember(provider, health);
    const isFull = unusable || (health.failures ?? 0) >= failuresToOpen;
    if (isFull && circuitState(health, now) === 'closed')
      await open(provider, health, unusable, now, 'attribute_not_exists(#open_until)');
  }

  function takeMemory(provider: string) {
    const memory = seen.get(provider) ?? { failures: 0, probe: false };
    seen.set(provider, { failures: 0, probe: false });
    return memory;
  }

  return {
    async check(provider, now) {
      const decision = decideCall(await readHealth(provider), now);
      if (decision.kind !== 'probe') return decision;
      const outcome = await table.update<HealthRow>({
        key: healthKey(provider),
        set: { probe_until: now + probeMs },
        condition: probeIsFree,
        values: { now },
      });
      if (outcome.applied) {
        seen.set(provider, { failures: 0, probe: true });
        return decision;
      }
      const changed = decideCall(healthFromItem(outcome.item), now);
      // The probe was freed between the two requests: ask again soon.
      return changed.kind === 'probe'
        ? { kind: 'wait', until: now + 100, reason: 'circuit_open', failover: false }
        : changed;
    },

    async peek(provider, now) {
      return decideCall(healthFromItem(await table.get(healthKey(provider), { consistent: true })), now);
    },

    async recordSuccess(provider, now, holdBackMs) {
      if (holdBackMs) await holdBack(provider, now + holdBackMs);
      const { failures, probe } = takeMemory(provider);
      if (probe)
        await table.update<HealthRow>({
          key: healthKey(provider),
          set: { closed_at: now },
          remove: ['open_until', 'probe_until', 'failures'],
          condition: 'attribute_exists(#open_until)',
        });
      else if (failures > 0)
        await table.update<HealthRow>({
          key: healthKey(provider),
          remove: ['failures'],
          condition: 'attribute_not_exists(#open_until)',
        });
    },

    async recordFailure(provider, error, now) {
      const { health, retryAfter } = asProviderFailure(error);
      if (health === 'rate_limited' || (health === 'outage' && retryAfter !== undefined))
        await holdBack(provider, blockUntil(retryAfter, now));
      const wasProbe = seen.get(provider)?.probe ?? false;
      if (wasProbe) {
        takeMemory(provider);
        // Only an outage shows that the provider is not back. After a fault of the task the next one may try.
        if (health === 'outage' || health === 'unusable') {
          const before = await readHealth(provider);
          await open(provider, before, health === 'unusable', now, 'attribute_exists(#open_until)');
        } else await freeProbe(provider);
      } else if (health === 'outage' || health === 'unusable') {
        await countFailure(provider, health === 'unusable', now);
      }
    },

    async releaseProbe(provider) {
      if (seen.get(provider)?.probe) {
        takeMemory(provider);
        await freeProbe(provider);
      }
    },
  };

  async function freeProbe(provider: string): Promise<void> {
    await table.update<HealthRow>({
      key: healthKey(provider),
      remove: ['probe_until'],
      condition: 'attribute_exists(#open_until)',
    });
  }
}
