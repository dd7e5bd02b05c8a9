// Every write of an item: one LevelDB batch holds the item, its index entries, its stream records and its expiry,
// so that a killed process leaves all of them or none.
// Stream records: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
// Expiry: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
import { isDeepStrictEqual } from 'node:util';
import type { Value } from '../template/cloud-assembly.ts';
import { indexOperations, itemPrefix } from './dynamodb-indexes.ts';
import {
  dynaliteDb,
  type Item,
  type ItemStore,
  type LevelOperation,
  parseInput,
  runAction,
  type Store,
} from './dynamodb-store.ts';
import type { Table } from './dynamodb-table.ts';

export interface Change {
  readonly keys: Item;
  readonly oldItem: Item | undefined;
  readonly newItem: Item | undefined;
  readonly expired: boolean;
}

/** Takes part in a table's writes: first adds to the batch, then learns that the batch is on disk. */
export interface ChangeListener {
  prepare(change: Change): { operations: LevelOperation[]; committed: () => void };
}

interface Pending {
  readonly operations: LevelOperation[];
  readonly committed: (() => void)[];
}

const writers = new WeakMap<Store, DynamoDbWriter>();
const originalUpdateIndexes = dynaliteDb.updateIndexes;
const originalCheckConditional = dynaliteDb.checkConditional;

dynaliteDb.updateIndexes = (store: Store, table: Value, old: Item, item: Item, done: () => void) => {
  const writer = writers.get(store);
  if (!writer) return originalUpdateIndexes(store, table, old, item, done);
  writer.prepare(table, old, item);
  done();
};

dynaliteDb.checkConditional = (data: Value, existing: Item | undefined) => {
  const error = originalCheckConditional(data, existing);
  if (error && data._returnsOld && existing) error.body.Item = existing;
  return error;
};

const expiryKey = (table: string, seconds: number, key: string) =>
  `ttl~${table}~${String(seconds).padStart(12, '0')}~${key}`;

export class DynamoDbWriter {
  readonly store: Store;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #pending = new Map<string, Pending>();
  readonly #items = new Map<string, ItemStore>();
  readonly #expiring = new Set<string>();

  constructor(store: Store, tables: ReadonlyMap<string, Table>) {
    this.store = store;
    this.#tables = tables;
    writers.set(store, this);
    const original = store.getItemDb;
    store.getItemDb = (name) => {
      let items = this.#items.get(name);
      if (!items) {
        items = this.#wrap(name, original(name));
        this.#items.set(name, items);
      }
      return items;
    };
    // The template is the table's description: no read of the disk for each call.
    store.getTable = (name: string, ...rest: Value[]) => {
      const table = this.#tables.get(name);
      const done = rest.at(-1);
      if (table) return done(null, table.description);
      const body = {
        __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
        message: 'Requested resource not found',
      };
      done(Object.assign(new Error(body.message), { statusCode: 400, body }));
    };
  }

  /** A view of the store whose writes are collected instead of made, for a transaction. */
  transaction(): { store: Store; commit: () => Promise<void> } {
    const operations: LevelOperation[] = [];
    const committed: (() => void)[] = [];
    const collect = (table: string, key: string, operation: LevelOperation, done: () => void) => {
      const pending = this.#take(table, key);
      operations.push(...pending.operations, operation);
      committed.push(...pending.committed);
      done();
    };
    const store: Store = Object.assign(Object.create(this.store), {
      getItemDb: (table: string): ItemStore => ({
        lock: (_key, run) => run((done) => done),
        get: (key, done) => this.store.getItemDb(table).get(key, done),
        put: (key, value, done) =>
          collect(table, key, { type: 'put', key: itemPrefix(table) + key, value }, () => done(null)),
        del: (key, done) =>
          collect(table, key, { type: 'del', key: itemPrefix(table) + key }, () => done(null)),
      }),
    });
    writers.set(store, this);
    const commit = async () => {
      await this.store.db.batch(operations);
      for (const listener of committed) listener();
    };
    return { store, commit };
  }

  /** Called under the item's lock, after its condition held and before it is written. */
  prepare(description: Value, before: Item | null | undefined, after: Item | null | undefined): void {
    const oldItem = before ?? undefined;
    const newItem = after ?? undefined;
    const item = newItem ?? oldItem;
    const table = this.#tables.get(description.TableName);
    if (!item || !table) return;
    const key = dynaliteDb.createKey(item, description);
    const operations = indexOperations(description, oldItem, newItem);
    const committed: (() => void)[] = [];
    const pendingKey = table.name + key;
    if (table.ttlAttribute) {
      const wasDue = secondsOf(oldItem?.[table.ttlAttribute]);
      const isDue = secondsOf(newItem?.[table.ttlAttribute]);
      if (wasDue !== isDue && wasDue !== undefined) {
        operations.push({ type: 'del', key: expiryKey(table.name, wasDue, key) });
      }
      if (wasDue !== isDue && isDue !== undefined) {
        operations.push({
          type: 'put',
          key: expiryKey(table.name, isDue, key),
          value: keysOf(item, description),
        });
      }
    }
    if (table.listener && !isDeepStrictEqual({ ...oldItem }, { ...newItem })) {
      const change = { keys: keysOf(item, description), oldItem, newItem };
      const prepared = table.listener.prepare({ ...change, expired: this.#expiring.has(pendingKey) });
      operations.push(...prepared.operations);
      committed.push(prepared.committed);
    }
    this.#pending.set(pendingKey, { operations, committed });
  }

  /** Deletes the items of a table whose time has come. */
  async expire(table: Table, nowSeconds: number): Promise<number> {
    const range = { gte: `ttl~${table.name}~`, lt: expiryKey(table.name, nowSeconds, '') };
    let expired = 0;
    for await (const [, keys] of this.store.db.iterator(range)) {
      const pendingKey = table.name + dynaliteDb.createKey(keys, table.description);
      this.#expiring.add(pendingKey);
      try {
        const data = parseInput(
          'DeleteItem',
          {
            TableName: table.name,
            Key: keys,
            ConditionExpression: '#ttl < :now',
            ExpressionAttributeNames: { '#ttl': table.ttlAttribute },
            ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
          },
          this.store,
        );
        await runAction('DeleteItem', data, this.store);
        expired += 1;
      } catch (error) {
        if ((error as Value).body?.__type?.includes('ConditionalCheckFailed') !== true) throw error;
      } finally {
        this.#expiring.delete(pendingKey);
      }
    }
    return expired;
  }

  #wrap(table: string, items: ItemStore): ItemStore {
    const write = (key: string, operation: LevelOperation, done: (error: Value) => void) => {
      const { operations, committed } = this.#take(table, key);
      this.store.db.batch([...operations, operation], (error: Value) => {
        if (!error) for (const listener of committed) listener();
        done(error);
      });
    };
    return {
      ...items,
      put: (key, value, done) => write(key, { type: 'put', key: itemPrefix(table) + key, value }, done),
      del: (key, done) => write(key, { type: 'del', key: itemPrefix(table) + key }, done),
    };
  }

  #take(table: string, key: string): Pending {
    const pending = this.#pending.get(table + key);
    this.#pending.delete(table + key);
    return pending ?? { operations: [], committed: [] };
  }
}

const keysOf = (item: Item, description: Value): Item =>
  Object.fromEntries(
    description.KeySchema.map(({ AttributeName }: Value) => [AttributeName, item[AttributeName]]),
  );

const secondsOf = (attribute: Value): number | undefined =>
  attribute?.N === undefined ? undefined : Math.max(0, Math.floor(Number(attribute.N)));
