import * as z from 'zod';
import { scopes } from '../core/access/scope.ts';
import type { TokenKey, TokenRecord } from '../core/access/token.ts';
import type { TokenRegistry, Tokens } from '../core/access/tokens.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

/** One that ended is listed so much longer. */
const keptSeconds = 30 * 86_400;
const partition = 'TOKENS';

/** `TOKENS` / `<tenant>#<id>` in the state table. `…_at` is epoch milliseconds, `ttl` epoch seconds; no `ends_at`: it has no end. */
const TokenRow = z.object({
  pk: z.string(),
  sk: z.string(),
  hash: z.string(),
  scopes: z.array(z.enum(scopes)),
  name: z.string().optional(),
  created_at: z.number(),
  ends_at: z.number().optional(),
  ttl: z.number().optional(),
});
type TokenRow = z.input<typeof TokenRow>;

const keyOf = ({ tenant, id }: TokenKey): ItemKey => ({ pk: partition, sk: `${tenant}#${id}` });
const ttlOf = (endsAt: number) => Math.ceil(endsAt / 1000) + keptSeconds;

function recordFrom(item: Item): TokenRecord {
  const row = parseItem('The row of a token', TokenRow, item);
  const [tenant = '', id = ''] = row.sk.split('#');
  return {
    tenant,
    id,
    hash: row.hash,
    scopes: row.scopes,
    name: row.name ?? null,
    createdAt: row.created_at,
    endsAt: row.ends_at ?? null,
  };
}

/** All tokens are one partition, so that one query lists them. What requests read is remembered: core/access/tokens.ts. */
export function createDynamoTokens({ table }: { table: DynamoTable }): Tokens {
  return {
    async read(key) {
      // Consistent: a token is used as soon as it was shown.
      const item = await table.get(keyOf(key), { consistent: true });
      return item && recordFrom(item);
    },
  };
}

export function createDynamoTokenRegistry({ table }: { table: DynamoTable }): TokenRegistry {
  return {
    async list(tenant) {
      const records: TokenRecord[] = [];
      let startKey: Item | undefined;
      do {
        const ofTenant = tenant === undefined ? '' : ' AND begins_with(#sk, :start)';
        const values = { pk: partition, ...(tenant !== undefined && { start: `${tenant}#` }) };
        const page = await table.query({ where: `#pk = :pk${ofTenant}`, values, startKey, consistent: true });
        records.push(...page.items.map(recordFrom));
        startKey = page.lastKey;
      } while (startKey);
      return records;
    },

    add: ({ hash, scopes: allowed, name, createdAt, endsAt, ...key }) =>
      table.put<TokenRow>(
        {
          ...keyOf(key),
          hash,
          scopes: allowed,
          ...(name !== null && { name }),
          created_at: createdAt,
          ...(endsAt !== null && { ends_at: endsAt, ttl: ttlOf(endsAt) }),
        },
        'attribute_not_exists(#pk)',
      ),

    async end(key, endsAt) {
      const { item } = await table.update<TokenRow>({
        key: keyOf(key),
        set: { ends_at: endsAt, ttl: ttlOf(endsAt) },
        condition: 'attribute_exists(#pk) AND (attribute_not_exists(#ends_at) OR #ends_at > :end)',
        values: { end: endsAt },
        returnNew: true,
      });
      // One that ends sooner keeps its end.
      return item === undefined ? undefined : recordFrom(item);
    },
  };
}
