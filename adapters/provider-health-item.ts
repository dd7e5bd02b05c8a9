import * as z from 'zod';
import type { ProviderHealth } from '../core/circuit-breaker/circuit.ts';
import type { FoundModel } from '../core/providers/found-models.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import { jsonText, type Members, parseItem } from './parse-item.ts';

const StoredModel = z.object({
  name: z.string(),
  contextWindow: z.number().optional(),
  kind: z.enum(['chat', 'embedding']).optional(),
} satisfies Members<FoundModel>);

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
  /** What its server said it has. Here, since whoever asks for one asks for the other. */
  models: z.string().optional(),
});
export type HealthRow = z.input<typeof HealthRow>;

export function healthKey(provider: string): ItemKey {
  return { pk: `PROVIDER#${provider}`, sk: 'HEALTH' };
}

/** Undefined: nothing was found, or it cannot be read any more. */
export function modelsFromItem(item: Item | undefined): FoundModel[] | undefined {
  return jsonText(z.array(StoredModel)).safeParse(item?.models).data;
}

export function writeModels(models: readonly FoundModel[]): string {
  return JSON.stringify(models.map(({ name, contextWindow, kind }) => ({ name, contextWindow, kind })));
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
