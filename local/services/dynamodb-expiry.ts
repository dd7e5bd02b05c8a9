// Time to live: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
// Entries ordered by second say which items are due, so that no table is ever scanned for them.
import type { Value } from '../template/cloud-assembly.ts';
import type { Database, Operation } from './database.ts';
import type { Item } from './dynamodb-store.ts';
import { keysOf, type Table } from './dynamodb-table.ts';

/** Ordered by table and second; `key` is the item's in dynalite's form. */
const expiryKey = (table: string, seconds: number, key: string) =>
  `ttl~${table}~${String(seconds).padStart(12, '0')}~${key}`;

/** What a write of an item changes in the expiry entries of its table. */
export function expiryOperations(
  table: Table,
  key: string,
  oldItem: Item | undefined,
  newItem: Item | undefined,
): Operation[] {
  const { name, ttlAttribute } = table;
  if (!ttlAttribute) return [];
  const before = secondsOf(oldItem?.[ttlAttribute]);
  const after = secondsOf(newItem?.[ttlAttribute]);
  if (before === after) return [];
  const operations: Operation[] = [];
  if (before !== undefined) operations.push({ type: 'del', key: expiryKey(name, before, key) });
  if (newItem && after !== undefined) {
    operations.push({ type: 'put', key: expiryKey(name, after, key), value: keysOf(newItem, table) });
  }
  return operations;
}

/** So many at a time, the oldest first; the others are due a little later. */
const mostDue = 1_000;

/** The keys of items of a table whose second is past. */
export function dueItems({ name }: Table, nowSeconds: number, database: Database): Item[] {
  const range = { gte: `ttl~${name}~`, lt: expiryKey(name, nowSeconds, ''), limit: mostDue };
  return Array.from(database.entries(range), ([, keys]) => keys);
}

const secondsOf = (attribute: Value): number | undefined =>
  attribute?.N === undefined ? undefined : Math.max(0, Math.floor(Number(attribute.N)));
