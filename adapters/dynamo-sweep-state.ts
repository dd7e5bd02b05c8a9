import * as z from 'zod';
import type { Suspicions, SweepState } from '../core/scheduling/sweep-state.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, type Members, parseItem } from './parse-item.ts';
import { type ProviderTotalsRow, providerTotalsKey } from './statistics-rows.ts';

/** Longer than events usually lag: what the stream still holds would be counted twice. */
const quietMs = 15_000;

const StoredSuspicions = jsonText(
  z.object({
    missingTickets: z.number(),
    counts: z.string(),
    lostTasks: z.array(z.string()),
    idleSlots: z.array(z.string()),
    openFrom: z.string().optional(),
    youngestStarted: z.record(z.string(), z.number()),
  } satisfies Members<Suspicions>),
);

/** What the last sweep saw; rows of earlier versions have none of it. */
const SweepRow = z.object({ seen: StoredSuspicions.optional(), at: z.number() });
type SweepRow = z.input<typeof SweepRow>;

const KnownRow = z.object({ names: z.array(z.string()), at: z.number() });
type KnownRow = z.input<typeof KnownRow>;

const keyOf = (provider: string) => ({ pk: `PROVIDER#${provider}`, sk: 'SWEEP' });
/** No provider is named so. */
const keyOfKnown = keyOf('*known');

export function createDynamoSweepState(options: { table: DynamoTable }): SweepState {
  const { table } = options;
  /** What the row was when it was read: a write of the same each minute would be most of what an idle sweep writes. */
  const known = new Map<string, string>();
  return {
    async read(provider) {
      const item = await table.get(keyOf(provider), { consistent: true });
      const seen = item && parseItem('The row of a sweep', SweepRow, item).seen;
      known.set(provider, JSON.stringify(seen) ?? '');
      return seen;
    },

    async write(provider, suspicions, now) {
      const seen = JSON.stringify(suspicions);
      if (known.get(provider) === seen) return;
      await table.put<SweepRow>({ ...keyOf(provider), seen, at: now });
      known.delete(provider);
    },

    async setGauges(provider, queued, processing, now) {
      const { high, normal, low } = queued;
      const set = { queued_high: high, queued_normal: normal, queued_low: low, processing };
      const key = providerTotalsKey(provider);
      // A read is a tenth of a write, and mostly nothing has changed.
      const item = (await table.get(key)) ?? {};
      if (Object.entries(set).every(([name, value]) => item[name] === value)) return;
      await table.update<ProviderTotalsRow>({
        key,
        set,
        condition: 'attribute_not_exists(#updated_at) OR #updated_at < :quietSince',
        values: { quietSince: now - quietMs },
      });
    },

    async rememberProviders(names, now) {
      const item = await table.get(keyOfKnown, { consistent: true });
      const known = item ? parseItem('The row of known providers', KnownRow, item).names : [];
      const all = [...new Set([...known, ...names])];
      if (all.length > known.length) await table.put<KnownRow>({ ...keyOfKnown, names: all, at: now });
      return all;
    },
  };
}
