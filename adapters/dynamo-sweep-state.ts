import type { SweepMemory } from '../core/scheduling/sweep-state.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** Longer than the stream is usually behind. */
const quietMs = 15_000;

export function createDynamoSweepMemory(options: { table: DynamoTable }): SweepMemory {
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
