import * as z from 'zod';
import type { ProviderHealth } from '../core/circuit-breaker/circuit.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { parseItem } from './parse-item.ts';

/** ProviderHealth; the circuit breaker writes it, the states read it. Times are epoch milliseconds. */
const HealthRow = z.object({
  failures: z.number().optional(),
  open_until: z.number().optional(),
  openings: z.number().optional(),
  refused_since: z.number().optional(),
  probe_until: z.number().optional(),
  /** Who holds the probe, so that a write that is repeated knows itself. */
  prober: z.string().optional(),
  closed_at: z.number().optional(),
  blocked_until: z.number().optional(),
  asked_until: z.number().optional(),
});
export type HealthRow = z.input<typeof HealthRow>;

export function healthKey(provider: string): ItemKey {
  return { pk: `PROVIDER#${provider}`, sk: 'HEALTH' };
}

/** Without a row nothing is wrong. */
export function healthFromItem(item: Item | undefined): ProviderHealth {
  const row = parseItem("The row of a provider's health", HealthRow, item ?? {});
  return {
    failures: row.failures,
    openUntil: row.open_until,
    openings: row.openings,
    refusedSince: row.refused_since,
    probeUntil: row.probe_until,
    closedAt: row.closed_at,
    blockedUntil: row.blocked_until,
    askedUntil: row.asked_until,
  };
}
