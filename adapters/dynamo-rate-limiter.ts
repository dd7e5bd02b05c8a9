import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { RateLimiter } from '../core/scheduling/rate-limiter.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

const bucketKey = (bucket: string) => ({ pk: `RATE#${bucket}`, sk: 'BUCKET' });

/** GCRA's theoretical arrival time, epoch milliseconds: from then on the bucket is idle. */
const BucketRow = z.object({
  tat: z.number(),
  /** The last correction: its repeat after a lost answer would return a start that is another's by now. */
  settled_by: z.string().optional(),
});
type BucketRow = z.input<typeof BucketRow>;

/** Undefined where there is no bucket yet. */
function readTat(item: Item | undefined): number | undefined {
  return item && parseItem('The row of a rate bucket', BucketRow, item).tat;
}

/**
 * GCRA (ITU-T I.371, "virtual scheduling") with one number a bucket and one UpdateItem in the busy case; an
 * idle bucket costs a second one. No read, no compare-and-swap loop.
 */
export function createDynamoRateLimiter(options: { table: DynamoTable }): RateLimiter {
  const { table } = options;

  /** Starts an idle or new bucket at `tat`; false when another was first. */
  async function startIdle(bucket: string, tat: number, now: number): Promise<boolean> {
    const outcome = await table.update<BucketRow>({
      key: bucketKey(bucket),
      set: { tat },
      condition: 'attribute_not_exists(#tat) OR #tat < :now',
      values: { now },
    });
    return outcome.applied;
  }

  return {
    async book(bucket, intervalMs, now) {
      for (;;) {
        const busy = await table.update<BucketRow>({
          key: bucketKey(bucket),
          setTo: { tat: '#tat + :interval' },
          condition: '#tat >= :now',
          values: { interval: intervalMs, now },
          returnNew: true,
        });
        if (busy.applied) return (readTat(busy.item) ?? now) - intervalMs;
        if (await startIdle(bucket, now + intervalMs, now)) return now;
      }
    },

    async take(bucket, cost, { perMinute, burst }, now) {
      const emission = 60_000 / perMinute;
      const increment = cost * emission;
      const latest = now + burst * emission - increment;
      for (;;) {
        const busy = await table.update<BucketRow>({
          key: bucketKey(bucket),
          setTo: { tat: '#tat + :increment' },
          condition: '#tat BETWEEN :now AND :latest',
          values: { increment, now, latest: Math.max(latest, now) },
        });
        if (busy.applied) return { granted: true };
        const tat = readTat(busy.item);
        // A cost above the burst passes once the bucket is idle: it could never pass otherwise.
        if (tat !== undefined && tat >= now)
          return { granted: false, retryAt: Math.max(Math.min(tat - (latest - now), tat + 1), now + 1) };
        if (await startIdle(bucket, now + increment, now)) return { granted: true };
      }
    },

    async settle(bucket, units, perMinute) {
      if (units === 0) return;
      const id = randomUUID();
      await table.update<BucketRow>({
        key: bucketKey(bucket),
        set: { settled_by: id },
        add: { tat: units * (60_000 / perMinute) },
        condition: 'attribute_not_exists(#settled_by) OR #settled_by <> :id',
        values: { id },
      });
    },

    async bookedUntil(bucket) {
      return readTat(await table.get(bucketKey(bucket), { consistent: true })) ?? 0;
    },
  };
}
