import * as z from 'zod';
import { usualLagMs } from '../core/events/event-lag.ts';
import type { SweepState } from '../core/scheduling/sweep-state.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { type ProviderTotalsRow, providerTotalsKey } from './statistics-rows.ts';

/** Longer than events usually lag: what the stream still holds would be counted twice. */
const quietMs = usualLagMs + 3_000;

/** Messages that were missing at the last sweep, and its epoch milliseconds. */
const SweepRow = z.object({ missing: z.number(), at: z.number() });
type SweepRow = z.input<typeof SweepRow>;

export function createDynamoSweepState(options: { table: DynamoTable }): SweepState {
  const { table } = options;
  return {
    async swapMissing(provider, missing, now) {
      const key = { pk: `PROVIDER#${provider}`, sk: 'SWEEP' };
      const item = await table.get(key, { consistent: true });
      const before = item && parseItem('The row of a sweep', SweepRow, item);
      // While nothing is missing, the row stays as it is.
      if (before?.missing !== missing || missing > 0) await table.put<SweepRow>({ ...key, missing, at: now });
      return before ?? { missing: 0, at: 0 };
    },

    async setGauges(provider, queued, processing, now) {
      await table.update<ProviderTotalsRow>({
        key: providerTotalsKey(provider),
        set: { queued_high: queued.high, queued_normal: queued.normal, queued_low: queued.low, processing },
        condition: 'attribute_not_exists(#updated_at) OR #updated_at < :quietSince',
        values: { quietSince: now - quietMs },
      });
    },
  };
}
