import * as z from 'zod';
import { type EventLag, noteReachesMs, usualLagMs } from '../core/events/event-lag.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

const pk = 'EVENTS';
const minuteMs = 60_000;

/**
 * A row for each minute in which events were unusually late, `LATENESS#<minute>`: the peak of the lag in milliseconds. By
 * the minute, because each replay reaches back by the peak: one late minute shall not lengthen an hour's replays. Kept as
 * long as tasks are, since a client may ask for what came since any time; `ttl` is epoch seconds.
 */
const LagRow = z.object({ late_ms: z.number(), ttl: z.number().optional() });
type LagRow = z.input<typeof LagRow>;

const skOf = (time: number) => `LATENESS#${String(Math.floor(time / minuteMs)).padStart(10, '0')}`;

/** Rows of the state table, written only while events are late. @param retentionMs how long tasks are kept */
export function createDynamoEventLag(options: { table: DynamoTable; retentionMs: number }): EventLag {
  const { table, retentionMs } = options;
  return {
    async note(lagMs, now) {
      if (lagMs + noteReachesMs <= usualLagMs) return;
      await table.update<LagRow>({
        key: { pk, sk: skOf(now) },
        set: { late_ms: lagMs, ttl: Math.ceil((now + 2 * retentionMs) / 1000) },
        condition: 'attribute_not_exists(#late_ms) OR #late_ms < :late',
        values: { late: lagMs },
      });
    },

    async after(since) {
      const { items } = await table.query({
        where: '#pk = :pk AND #sk >= :from',
        values: { pk, from: skOf(since - noteReachesMs) },
        consistent: true,
      });
      const peaks = items.map((item) => parseItem('The row of the event lag', LagRow, item).late_ms);
      return Math.max(usualLagMs, ...peaks.map((peak) => peak + noteReachesMs));
    },
  };
}
