import type { CircuitOverride } from '../core/circuit-breaker/circuit-breaker.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type HealthRow, healthKey } from './provider-health-item.ts';

/** Over the item that the circuit breaker keeps. */
export function createDynamoCircuitOverride(options: { table: DynamoTable }): CircuitOverride {
  return {
    async resume(provider, now) {
      await options.table.update<HealthRow>({
        key: healthKey(provider),
        set: { closed_at: now },
        remove: [
          'failures',
          'open_until',
          'openings',
          'refused_since',
          'probe_until',
          'prober',
          'blocked_until',
          'asked_until',
        ],
      });
    },
  };
}
