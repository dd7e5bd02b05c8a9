import * as z from 'zod';
import { asCachedResult } from '../core/result-cache/cached-result.ts';
import type { ResultCache } from '../core/result-cache/result-cache.ts';
import type { TaskResult } from '../core/tasks/task.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { StoredResult } from './stored-result.ts';
import { packText } from './stored-text.ts';
import { fromWaitingRow, toWaitingRow } from './waiting-task-rows.ts';

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
  /** How many have followed a flight of this key; only grows. */
  followed: z.number().optional(),
  ttl: z.number().optional(),
});
type CacheRow = z.input<typeof CacheRow>;

const canLead =
  '(attribute_not_exists(#result) OR #expires_at <= :now) AND ' +
  '(attribute_not_exists(#leader) OR #leader = :task OR #flight_until <= :now)';

/** One item a cache key: the result, or who is at the provider for it and until when. A row for each that follows. */
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
        returnNew: true,
      });
      if (outcome.applied) return { kind: 'leader', followed: followedOf(outcome.item) };
      const result = readResult(outcome.item, now);
      return result ? { kind: 'hit', result } : { kind: 'busy' };
    },

    async follow(cacheKey, follower, now) {
      const row = toWaitingRow(follower.received.message.taskId, follower);
      // Before it is counted: whoever sees the count finds the row.
      await table.put({ pk: followersKey(cacheKey), ...row, ttl: Math.ceil((now + flightTtlMs) / 1_000) });
      const outcome = await table.update<CacheRow>({
        key: itemKey(cacheKey),
        add: { followed: 1 },
        condition: `attribute_exists(#leader) AND #flight_until > :now`,
        values: { now },
      });
      if (!outcome.applied) await table.delete({ pk: followersKey(cacheKey), sk: row.sk });
      return outcome.applied;
    },

    async store(cacheKey, result, expiresAt) {
      const text = JSON.stringify(result);
      const isKept = Buffer.byteLength(text) <= largestResult;
      const outcome = await table.update<CacheRow>({
        key: itemKey(cacheKey),
        set: isKept
          ? { result: packText(text), expires_at: expiresAt, ttl: Math.ceil(expiresAt / 1_000) }
          : {},
        remove: ['leader', 'flight_until'],
        returnNew: true,
      });
      return followedOf(outcome.item);
    },

    async release(cacheKey, taskId) {
      const outcome = await table.update<CacheRow>({
        key: itemKey(cacheKey),
        remove: ['leader', 'flight_until'],
        condition: '#leader = :task',
        values: { task: taskId },
        returnNew: true,
      });
      const row = outcome.item && parseItem('The row of a cached result', CacheRow, outcome.item);
      // Refused without a leader: an earlier try of this very request did it, and its answer was lost.
      return outcome.applied || row?.leader === undefined ? (row?.followed ?? 0) : 0;
    },

    async listFollowers(cacheKey, limit) {
      const query = { where: '#pk = :pk', values: { pk: followersKey(cacheKey) }, limit, consistent: true };
      return (await table.query(query)).items.map(fromWaitingRow);
    },

    removeFollowers: (cacheKey, followers) =>
      table.deleteMany(
        followers.map(({ received }) => ({
          pk: followersKey(cacheKey),
          sk: received.message.taskId,
        })),
      ),
  };
}

const followersKey = (cacheKey: string) => `CACHE#${cacheKey}#FOLLOWERS`;

function followedOf(item: Item | undefined): number {
  return item ? (parseItem('The row of a cached result', CacheRow, item).followed ?? 0) : 0;
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
