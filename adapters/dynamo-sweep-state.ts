import { usualLagMs } from '../core/events/event-lag.ts';
import type { SweepState } from '../core/scheduling/sweep-state.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** Longer than events usually lag: what the stream still holds would be counted twice. */
const quietMs = usualLagMs + 3_000;

export function createDynamoSweepState(options: { table: DynamoTable }): SweepState {
  const { table } = options;
  return {
    async swapMissing(provider, missing, now) {
      const key = { pk: `PROVIDER#${provider}`, sk: 'SWEEP' };
      const before = await table.get(key, { consistent: true });
      if (before?.missing !== missing || missing > 0) await table.put({ ...key, missing, at: now });
      return { missing: Number(before?.missing ?? 0), at: Number(before?.at ?? 0) };
    },

    async setGauges(provider, queued, processing, now) {
      await table.update({
        key: { pk: `PROVIDER#${provider}`, sk: 'STATS' },
        set: { queued_high: queued.high, queued_normal: queued.normal, queued_low: queued.low, processing },
        condition: 'attribute_not_exists(#updated_at) OR #updated_at < :quietSince',
        values: { quietSince: now - quietMs },
      });
    },
  };
}
