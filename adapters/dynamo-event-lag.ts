import { type EventLag, noteReachesMs, usualLagMs } from '../core/events/event-lag.ts';
import type { DynamoTable } from './dynamo-table.ts';

const key = { pk: 'EVENTS', sk: 'LATENESS' };
/** A peak is forgotten this long after the last late event. */
const rememberMs = 600_000;

/** One row of the state table, written only while events are unusually late. */
export function createDynamoEventLag({ table }: { table: DynamoTable }): EventLag {
  return {
    async note(lagMs, now) {
      if (lagMs + noteReachesMs <= usualLagMs) return;
      const higher = await table.update({
        key,
        set: { late_ms: lagMs, noted_at: now },
        condition: 'attribute_not_exists(#late_ms) OR #late_ms < :late OR #noted_at < :forgotten',
        values: { late: lagMs, forgotten: now - rememberMs },
      });
      if (!higher.applied) await table.update({ key, set: { noted_at: now } });
    },

    async after(since) {
      const item = await table.get(key, { consistent: true });
      const noted = item !== undefined && (item.noted_at as number) + noteReachesMs >= since;
      return Math.max(usualLagMs, noted ? (item.late_ms as number) + noteReachesMs : 0);
    },
  };
}
