// The parts of dynalite 4.0.0 that the host builds on. They are internals: the version is pinned exactly. dynalite checks,
// parses and applies; its store, on LevelDB, is replaced by one on the host's database.
import { createRequire } from 'node:module';
import { Stream } from 'node:stream';
import type { Value } from '../template/cloud-assembly.ts';
import type { Database, Operation, Range } from './database.ts';
import { rememberExpressions } from './dynamodb-expressions.ts';
import { createTextKeys } from './dynamodb-keys.ts';
import { compileTypes } from './dynamodb-types.ts';

/** Values by attribute name, in DynamoDB's JSON: `{ pk: { S: 'a' } }`. */
export type Item = Record<string, Value>;
export type Callback<T> = (error: Value, result?: T) => void;

/** The items of a table, or the entries of an index, by key. */
export interface ItemStore {
  get(key: string, callback: Callback<Item>): void;
  put(key: string, item: Item, callback: Callback<void>): void;
  del(key: string, callback: Callback<void>): void;
  createValueStream(range: Range): Stream;
  /** Holds a key until `release` is called, or what it made of a callback. */
  lock(key: string, hold: (release: Value) => void): void;
}

export interface Store {
  readonly options: { readonly maxItemSize: number };
  getItemDb(table: string): ItemStore;
  getIndexDb(kind: string, table: string, index: string): ItemStore;
  getTable(name: string, ...rest: Value[]): void;
}

type Action = (store: Store, data: Value, callback: Callback<Value>) => void;

rememberExpressions();
const load = createRequire(import.meta.url);

/** dynalite's database functions. It calls them through this object, so that they can be replaced. */
export const dynaliteDb = load('dynalite/db');
dynaliteDb.createKey = createTextKeys(dynaliteDb.createKey);
const validations = load('dynalite/validations');
const { Lock } = createRequire(load.resolve('dynalite'))('lock');
const actions = new Map<string, Action>();
const rules = new Map<string, Value>();

/** Where the items of a table are. */
export const itemPrefix = (table: string) => `item-${table}~`;

/** Where the entries of an index are. */
export const indexPrefix = (table: string, index: string) => `index-global~${table}~${index}~`;

/** A store as dynalite's own is, as far as the actions that are served ask for it. */
export function createStore(database: Database, getTable: Store['getTable']): Store {
  const stores = new Map<string, ItemStore>();
  const storeAt = (prefix: string): ItemStore => {
    const store = stores.get(prefix) ?? createItemStore(database, prefix);
    stores.set(prefix, store);
    return store;
  };
  return {
    options: { maxItemSize: dynaliteDb.MAX_SIZE },
    getItemDb: (table) => storeAt(itemPrefix(table)),
    getIndexDb: (_kind, table, index) => storeAt(indexPrefix(table, index)),
    getTable,
  };
}

function createItemStore(database: Database, prefix: string): ItemStore {
  const write = (operation: Operation, callback: Callback<void>) =>
    void database.write([operation]).then(() => callback(null), callback);
  return {
    // dynalite counts on an answer in a later turn, and what was read is on disk by then.
    get(key, callback) {
      setImmediate(callback, null, database.get(prefix + key));
    },
    put: (key, value, callback) => write({ type: 'put', key: prefix + key, value }, callback),
    del: (key, callback) => write({ type: 'del', key: prefix + key }, callback),
    createValueStream: (range) => new ValueStream(database, prefix, range),
    lock: Lock(),
  };
}

/** Emits values in one turn, as long as they are asked for. */
class ValueStream extends Stream {
  #isEnded = false;

  constructor(database: Database, prefix: string, { gte, gt, lte, lt, ...range }: Range) {
    super();
    const from = gt === undefined ? { gte: prefix + (gte ?? '') } : { gt: prefix + gt };
    const to = lte === undefined ? { lt: prefix + (lt ?? '\xff') } : { lte: prefix + lte };
    setImmediate(() => {
      try {
        for (const [, value] of database.entries({ ...range, ...from, ...to })) {
          this.emit('data', value);
          if (this.#isEnded) break;
        }
        this.emit('end');
      } catch (error) {
        this.emit('error', error);
      }
    });
  }

  destroy(): void {
    this.#isEnded = true;
  }
}

/** Checks the input as DynamoDB does and parses its expressions. Throws dynalite's error. */
export function parseInput(operation: string, input: Value, store: Store): Value {
  const file = operation.charAt(0).toLowerCase() + operation.slice(1);
  let rule = rules.get(operation);
  if (!rule) {
    rule = load(`dynalite/validations/${file}`);
    rule = { ...rule, plain: compileTypes(rule.types) };
    actions.set(operation, load(`dynalite/actions/${file}`));
    rules.set(operation, rule);
  }
  const data = rule.plain(input) ?? validations.checkTypes(input, rule.types);
  validations.checkValidations(data, rule.types, rule.custom, store);
  return data;
}

/** Runs a parsed input. */
export function runAction(operation: string, data: Value, store: Store): Promise<Value> {
  const action = actions.get(operation);
  if (!action) throw new Error(`parseInput comes before runAction(${operation})`);
  return new Promise((resolve, reject) =>
    action(store, data, (error, result) => (error ? reject(error) : resolve(result))),
  );
}
