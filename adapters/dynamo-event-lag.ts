import * as z from 'zod';
import { type EventLag, noteReachesMs, usualLagMs } from '../core/events/event-lag.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

const key = { pk: 'EVENTS', sk: 'LATENESS' };

/** The peak of the lag in milliseconds, and the epoch milliseconds of the last note. */
const LagRow = z.object({ late_ms: z.number(), noted_at: z.number() });
type LagRow = z.input<typeof LagRow>;

/** A peak is forgotten this long after the last late event. */
const rememberMs = 600_000;

/** One row of the state table, written only while events are unusually late. */
export function createDynamoEventLag({ table }: { table: DynamoTable }): EventLag {
  return {
    async note(lagMs, now) {
      if (lagMs + noteReachesMs <= usualLagMs) return;
      const higher = await table.update<LagRow>({
        key,
        set: { late_ms: lagMs, noted_at: now },
        condition: 'attribute_not_exists(#late_ms) OR #late_ms < :late OR #noted_at < :forgotten',
        values: { late: lagMs, forgotten: now - rememberMs },
      });
      if (!higher.applied) await table.update<LagRow>({ key, set: { noted_at: now } });
    },

    async after(since) {
      const item = await table.get(key, { consistent: true });
      if (!item) return usualLagMs;
      const row = parseItem('The row of the event lag', LagRow, item);
      const isNoted = row.noted_at + noteReachesMs >= since;
      return Math.max(usualLagMs, isNoted ? row.late_ms + noteReachesMs : 0);
    },
  };
}
