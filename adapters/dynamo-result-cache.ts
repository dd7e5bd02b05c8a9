import * as z from 'zod';
import { asCachedResult } from '../core/result-cache/cached-result.ts';
import type { ResultCache } from '../core/result-cache/result-cache.ts';
import type { TaskResult } from '../core/tasks/task.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { StoredResult, writeResult } from './stored-result.ts';

/** An item holds 400 KB; a longer result is not kept. */
const largestResult = 300_000;
/** A row whose leader died is deleted after this. */
const flightTtlMs = 3_600_000;

/** A result and its end, or who calls the provider for it and until when: epoch ms; `ttl` in seconds. */
const CacheRow = z.object({
  result: StoredResult.optional(),
  expires_at: z.number().optional(),
  leader: z.string().optional(),
  flight_until: z.number().optional(),
  ttl: z.number().optional(),
});
type CacheRow = z.input<typeof CacheRow>;

const canLead =
  '(attribute_not_exists(#result) OR #expires_at <= :now) AND ' +
  '(attribute_not_exists(#leader) OR #leader = :task OR #flight_until <= :now)';

/** One row of the state table a cache key. */
export function createDynamoResultCache(options: { table: DynamoTable }): ResultCache {
  const { table } = options;
  return {
    async read(cacheKey, now) {
      return readResult(await table.get(itemKey(cacheKey)), now);
    },

    async join(cacheKey, taskId, now, until) {
      const outcome = await table.update<CacheRow>({
        key: itemKey(cacheKey),
        set: { leader: taskId, flight_until: until, ttl: Math.ceil((until + flightTtlMs) / 1_000) },
        condition: canLead,
        values: { now, task: taskId },
      });
      if (outcome.applied) return { kind: 'leader' };
      const result = readResult(outcome.item, now);
      return result ? { kind: 'hit', result } : { kind: 'busy' };
    },

    async store(cacheKey, result, expiresAt) {
      const text = writeResult(result);
      const isKept = Buffer.byteLength(text) <= largestResult;
      await table.update<CacheRow>({
        key: itemKey(cacheKey),
        set: isKept ? { result: text, expires_at: expiresAt, ttl: Math.ceil(expiresAt / 1_000) } : {},
        remove: ['leader', 'flight_until'],
      });
    },

    async release(cacheKey, taskId) {
      await table.update<CacheRow>({
        key: itemKey(cacheKey),
        remove: ['leader', 'flight_until'],
        condition: '#leader = :task',
        values: { task: taskId },
      });
    },
  };
}

function itemKey(cacheKey: string): ItemKey {
  return { pk: `CACHE#${cacheKey}`, sk: 'RESULT' };
}

/** DynamoDB deletes late what is past its TTL, so the row's own time decides. */
function readResult(item: Item | undefined, now: number): TaskResult | undefined {
  if (!item) return undefined;
  const { result, expires_at = 0 } = parseItem('The row of a cached result', CacheRow, item);
  return result && expires_at > now ? asCachedResult(result) : undefined;
}
