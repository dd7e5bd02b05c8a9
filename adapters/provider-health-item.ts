import type { ProviderHealth } from '../core/circuit-breaker/circuit.ts';
import type { Item, ItemKey } from './dynamo-table.ts';

/** Row of the state table that the breaker writes and the states read. */
export function healthKey(provider: string): ItemKey {
  return { pk: `PROVIDER#${provider}`, sk: 'HEALTH' };
}

export function healthFromItem(item: Item | undefined): ProviderHealth {
  const number = (name: string) => item?.[name] as number | undefined;
  return {
    failures: number('failures'),
    openUntil: number('open_until'),
    openings: number('openings'),
    probeUntil: number('probe_until'),
    closedAt: number('closed_at'),
    blockedUntil: number('blocked_until'),
  };
}
