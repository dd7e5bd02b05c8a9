import { type Lateness, sendingMs, usualLatenessMs } from '../core/events/event-lag.ts';
import type { DynamoTable } from './dynamo-table.ts';

const key = { pk: 'EVENTS', sk: 'LATENESS' };
/** A peak is forgotten this long after the last late event. */
const rememberMs = 600_000;
/** From a note to the last byte of a send that began just within its time. */
const reachMs = sendingMs + 5_000;

/** One row of the state table, written only while events are unusually late. */
export function createDynamoLateness({ table }: { table: DynamoTable }): Lateness {
  return {
    async note(lateMs, now) {
      if (lateMs + reachMs <= usualLatenessMs) return;
      const higher = await table.update({
        key,
        set: { late_ms: lateMs, noted_at: now },
        condition: 'attribute_not_exists(#late_ms) OR #late_ms < :late OR #noted_at < :forgotten',
        values: { late: lateMs, forgotten: now - rememberMs },
      });
      if (!higher.applied) await table.update({ key, set: { noted_at: now } });
    },

    async after(since) {
      const item = await table.get(key, { consistent: true });
      const noted = item !== undefined && (item.noted_at as number) + reachMs >= since;
      return Math.max(usualLatenessMs, noted ? (item.late_ms as number) + reachMs : 0);
    },
  };
}
