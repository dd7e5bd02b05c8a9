import * as z from 'zod';
import { type EventLag, noteReachesMs, usualReachMs } from '../core/events/event-lag.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

const pk = 'EVENTS';
const minuteMs = 60_000;
const spanMs = 10_000;

/**
 * A row for each ten seconds in which events were unusually late, `LATENESS#<minute>#<which ten seconds>`: `oldest` is the
 * time (epoch ms) of the oldest change that was told of in them. So fine, because each replay reaches back to the oldest:
 * one late event shall not lengthen a minute's replays. Kept as long as tasks are, since a client may ask for what came since
 * any time; `ttl` is epoch seconds. A former version wrote `LATENESS#<minute>` with `late_ms`, the peak of the lag.
 */
const LagRow = z.object({
  sk: z.string(),
  oldest: z.number().optional(),
  ttl: z.number().optional(),
  late_ms: z.number().optional(),
});
type LagRow = z.input<typeof LagRow>;

const minuteOf = (time: number) => `LATENESS#${String(Math.floor(time / minuteMs)).padStart(10, '0')}`;
const spanOf = (time: number) => `${minuteOf(time)}#${Math.floor((time % minuteMs) / spanMs)}`;

/** Rows of the state table, written only while events are late. @param retentionMs how long tasks are kept */
export function createDynamoEventLag(options: { table: DynamoTable; retentionMs: number }): EventLag {
  const { table, retentionMs } = options;
  return {
    async note(oldest, now) {
      await table.update<LagRow>({
        key: { pk, sk: spanOf(now) },
        set: { oldest, ttl: Math.ceil((now + 2 * retentionMs) / 1000) },
        condition: 'attribute_not_exists(#oldest) OR #oldest > :oldest',
        values: { oldest },
      });
    },

    async oldestAfter(since) {
      const from = since - noteReachesMs;
      let oldest = since - usualReachMs;
      let startKey: Item | undefined;
      do {
        const values = { pk, from: minuteOf(from) };
        const where = '#pk = :pk AND #sk >= :from';
        const page = await table.query({ where, values, startKey, consistent: true });
        for (const item of page.items) {
          const row = parseItem('The row of the event lag', LagRow, item);
          if (row.late_ms !== undefined) oldest = Math.min(oldest, from - row.late_ms);
          if (row.oldest !== undefined && row.sk >= spanOf(from)) oldest = Math.min(oldest, row.oldest);
        }
        startKey = page.lastKey;
      } while (startKey);
      return oldest;
    },
  };
}
