// Every write of an item: one transaction holds the item, its index entries, its stream records and its expiry,
// so that a killed process leaves all of them or none.
// Stream records: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
import type { Value } from '../template/cloud-assembly.ts';
import type { Database, Operation } from './database.ts';
import { dueItems, expiryOperations } from './dynamodb-expiry.ts';
import { indexOperations } from './dynamodb-indexes.ts';
import {
  dynaliteDb,
  type Item,
  type ItemStore,
  itemPrefix,
  parseInput,
  runAction,
  type Store,
} from './dynamodb-store.ts';
import { isAlike, keysOf, type Table } from './dynamodb-table.ts';
import { addWrite, type Units } from './dynamodb-units.ts';

/** What else belongs into the batch of the item that is about to be written. */
interface Pending {
  readonly operations: Operation[];
  readonly committed: () => void;
}

/** Counts what the writes of a view of the store are billed. */
interface Meter {
  readonly units: Units;
  /** How often each write is billed. */
  readonly times: number;
}

const writers = new WeakMap<Store, DynamoDbWriter>();
const meters = new WeakMap<Store, Meter>();
const originalUpdateIndexes = dynaliteDb.updateIndexes;
const originalCheckConditional = dynaliteDb.checkConditional;

// dynalite calls this under the item's lock, after its condition held and just before it writes the item.
dynaliteDb.updateIndexes = (store: Store, table: Value, old: Item, item: Item, done: () => void) => {
  const writer = writers.get(store);
  if (!writer) return originalUpdateIndexes(store, table, old, item, done);
  const meter = meters.get(store);
  if (meter) addWrite(meter.units, table, old ?? undefined, item ?? undefined, meter.times);
  writer.prepare(table.TableName, old ?? undefined, item ?? undefined);
  done();
};

// ReturnValuesOnConditionCheckFailure, which dynalite lacks.
dynaliteDb.checkConditional = (data: Value, existing: Item | undefined) => {
  const error = originalCheckConditional(data, existing);
  if (!error) return error;
  error.existing = existing;
  if (data._returnsOld && existing) error.body.Item = existing;
  return error;
};

export class DynamoDbWriter {
  readonly #database: Database;
  readonly #store: Store;
  readonly #tables: ReadonlyMap<string, Table>;
  /** By table and key, between `prepare` and the write. The item's lock admits one at a time. */
  readonly #pending = new Map<string, Pending>();
  readonly #items = new Map<string, ItemStore>();
  /** Items that are being deleted because they are due, by table and key. */
  readonly #expiring = new Set<string>();

  /** Takes over the writes of the store. */
  constructor(database: Database, store: Store, tables: ReadonlyMap<string, Table>) {
    this.#database = database;
    this.#store = store;
    this.#tables = tables;
    this.adopt(store);
    const original = store.getItemDb;
    store.getItemDb = (name) => {
      let items = this.#items.get(name);
      if (!items) {
        items = this.#wrap(name, original(name));
        this.#items.set(name, items);
      }
      return items;
    };
  }

  /** Prepares the writes of another view of the store too, and counts what they are billed. */
  adopt(view: Store, units?: Units, times = 1): void {
    writers.set(view, this);
    if (units) meters.set(view, { units, times });
  }

  /** The store, which counts what the writes are billed. */
  metered(units: Units): Store {
    const view: Store = Object.create(this.#store);
    this.adopt(view, units);
    return view;
  }

  /** What was prepared for an item is not written. */
  forget(table: string, key: string): void {
    this.#pending.delete(table + key);
  }

  /** Writes items, each with what was prepared for it, in one batch. */
  writeTogether(
    writes: readonly { table: string; key: string; operation: Operation; done(error?: Value): void }[],
  ): void {
    const pending = writes.map(({ table, key }) => this.#pending.get(table + key));
    for (const { table, key } of writes) this.forget(table, key);
    const operations = [
      ...pending.flatMap((each) => each?.operations ?? []),
      ...writes.map(({ operation }) => operation),
    ];
    const end = (error?: unknown) => {
      for (const { done } of writes) done(error);
    };
    void this.#database.write(operations).then(() => {
      for (const each of pending) each?.committed();
      end();
    }, end);
  }

  /** Computes what is written together with an item. */
  prepare(tableName: string, oldItem: Item | undefined, newItem: Item | undefined): void {
    const item = newItem ?? oldItem;
    const table = this.#tables.get(tableName);
    if (!item || !table) return;
    const key = dynaliteDb.createKey(item, table.description);
    const operations = [
      ...indexOperations(table, oldItem, newItem),
      ...expiryOperations(table, key, oldItem, newItem),
    ];
    let committed = () => {};
    // A write that changes nothing makes no stream record.
    if (table.listener && !isAlike(oldItem ?? {}, newItem ?? {})) {
      const expired = this.#expiring.has(tableName + key);
      const prepared = table.listener.prepare({ keys: keysOf(item, table), oldItem, newItem, expired });
      operations.push(...prepared.operations);
      committed = prepared.committed;
    }
    this.#pending.set(tableName + key, { operations, committed });
  }

  /** Deletes the items of a table that are due. Resolves to their number. */
  async expire(table: Table, nowSeconds: number): Promise<number> {
    let expired = 0;
    for (const keys of dueItems(table, nowSeconds, this.#database)) {
      const pendingKey = table.name + dynaliteDb.createKey(keys, table.description);
      this.#expiring.add(pendingKey);
      try {
        if (await this.#deleteIfDue(table, keys, nowSeconds)) expired += 1;
      } finally {
        this.#expiring.delete(pendingKey);
      }
    }
    return expired;
  }

  /** False when the item's time was moved meanwhile. */
  async #deleteIfDue(table: Table, keys: Item, nowSeconds: number): Promise<boolean> {
    const input = {
      TableName: table.name,
      Key: keys,
      ConditionExpression: '#ttl < :now',
      ExpressionAttributeNames: { '#ttl': table.ttlAttribute },
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
    };
    try {
      await runAction('DeleteItem', parseInput('DeleteItem', input, this.#store), this.#store);
      return true;
    } catch (error) {
      if ((error as Value).body?.__type?.includes('ConditionalCheckFailed') !== true) throw error;
      return false;
    }
  }

  /** The store of a table's items, whose writes take with them what `prepare` computed. */
  #wrap(table: string, items: ItemStore): ItemStore {
    const write = (key: string, operation: Operation, done: (error?: Value) => void) =>
      this.writeTogether([{ table, key, operation, done }]);
    return {
      ...items,
      put: (key, value, done) => write(key, { type: 'put', key: itemPrefix(table) + key, value }, done),
      del: (key, done) => write(key, { type: 'del', key: itemPrefix(table) + key }, done),
    };
  }
}
