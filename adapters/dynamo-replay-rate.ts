import * as z from 'zod';
import { type ReplayRate, replaysPerMinute } from '../core/web-socket/replay-rate.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** Replays in a minute of the clock (epoch minutes); `ttl` is in epoch seconds. */
const RateRow = z.object({ minute: z.number(), replays: z.number(), ttl: z.number().optional() });
type RateRow = z.input<typeof RateRow>;

// Not among the connection's own rows, which are all of what it named.
const keyOf = (connectionId: string) => ({ pk: `CONNECTION#${connectionId}#REPLAYS`, sk: 'RATE' });

/** A row of the state table for each connection that replays: one UpdateItem a replay, two for a minute's first. */
export function createDynamoReplayRate({ table }: { table: DynamoTable }): ReplayRate {
  return {
    async take(connectionId, now) {
      const key = keyOf(connectionId);
      const minute = Math.floor(now / 60_000);
      const count = () =>
        table.update<RateRow>({
          key,
          add: { replays: 1 },
          // Clocks differ: another environment may be in the next minute already.
          condition: '#minute >= :minute AND #replays < :most',
          values: { minute, most: replaysPerMinute },
        });
      if ((await count()).applied) return true;
      const first = await table.update<RateRow>({
        key,
        set: { minute, replays: 1, ttl: (minute + 2) * 60 },
        condition: 'attribute_not_exists(#minute) OR #minute < :minute',
        values: { minute },
      });
      // Another message may have begun the minute between the two.
      return first.applied || (await count()).applied;
    },
  };
}
