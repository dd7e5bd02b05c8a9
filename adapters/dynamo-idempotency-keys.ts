import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  type FirstRequest,
  type IdempotencyKeys,
  idempotencyMs,
  type KeyScope,
} from '../core/tasks/idempotency.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

/** The first request under a key. `made_at` is in epoch milliseconds, `ttl` in seconds: the row may outlive it. */
const KeyRow = z.object({
  request_hash: z.string(),
  uuid: z.string(),
  made_at: z.number(),
  ttl: z.number(),
});
type KeyRow = z.input<typeof KeyRow>;

/** Hashed, since a key may be long and hold anything. */
const rowKey = (scope: KeyScope, tenant: string, key: string) => ({
  pk: `KEY#${tenant}#${scope}#${createHash('sha256').update(key).digest('base64url')}`,
  sk: 'REQUEST',
});

/** One row of the state table for each key. */
export function createDynamoIdempotencyKeys({ table }: { table: DynamoTable }): IdempotencyKeys {
  return {
    async find(scope, tenant, key, now) {
      const item = await table.get(rowKey(scope, tenant, key), { consistent: true });
      const first = item && firstFrom(item);
      return first && first.madeAt + idempotencyMs > now ? first : undefined;
    },

    async take(scope, tenant, key, { requestHash, uuid, madeAt }) {
      const { applied, item } = await table.update<KeyRow>({
        key: rowKey(scope, tenant, key),
        set: {
          request_hash: requestHash,
          uuid,
          made_at: madeAt,
          ttl: Math.ceil((madeAt + idempotencyMs) / 1000),
        },
        condition: 'attribute_not_exists(#made_at) OR #made_at <= :over',
        values: { over: madeAt - idempotencyMs },
      });
      return applied || !item ? { requestHash, uuid, madeAt } : firstFrom(item);
    },
  };
}

function firstFrom(item: Item): FirstRequest {
  const { request_hash, uuid, made_at } = parseItem('The row of an Idempotency-Key', KeyRow, item);
  return { requestHash: request_hash, uuid, madeAt: made_at };
}
