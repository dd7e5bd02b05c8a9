// The parts of dynalite 4.0.0 that the host builds on. They are internals: the version is pinned exactly.
import { createRequire } from 'node:module';
import type { Value } from '../template/cloud-assembly.ts';
import { rememberExpressions } from './dynamodb-expressions.ts';
import { createTextKeys } from './dynamodb-keys.ts';
import { compileTypes } from './dynamodb-types.ts';

/** Values by attribute name, in DynamoDB's JSON: `{ pk: { S: 'a' } }`. */
export type Item = Record<string, Value>;
export type Callback<T> = (error: Value, result?: T) => void;

/** One operation of a batch of the database. */
export interface LevelOperation {
  readonly type: 'put' | 'del';
  readonly key: string;
  readonly value?: Value;
}

/** The items of a table, by key. It has more members, which dynalite alone uses. */
export interface ItemStore {
  put(key: string, item: Item, callback: Callback<void>): void;
  del(key: string, callback: Callback<void>): void;
}

export interface Store {
  /** The LevelDB database of all tables. */
  readonly db: Value;
  getItemDb(table: string): ItemStore;
  getTable(name: string, ...rest: Value[]): void;
}

type Action = (store: Store, data: Value, callback: Callback<Value>) => void;

rememberExpressions();
const load = createRequire(import.meta.url);

/** dynalite's database functions. It calls them through this object, so that they can be replaced. */
export const dynaliteDb = load('dynalite/db');
dynaliteDb.createKey = createTextKeys(dynaliteDb.createKey);
const validations = load('dynalite/validations');
const actions = new Map<string, Action>();
const rules = new Map<string, Value>();

/** dynalite keeps the items of a table under this prefix. */
export const itemPrefix = (table: string) => `item-${table}~`;

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
