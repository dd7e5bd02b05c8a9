// The parts of dynalite 4.0.0 that the host builds on. They are internals: the version is pinned exactly.
import { createRequire } from 'node:module';
import type { Value } from '../template/cloud-assembly.ts';
import { rememberExpressions } from './dynamodb-expressions.ts';

export type Item = Record<string, Value>;
export type Callback<T> = (error: Value, result?: T) => void;

export interface LevelOperation {
  readonly type: 'put' | 'del';
  readonly key: string;
  readonly value?: Value;
}

export interface ItemStore {
  get(key: string, callback: Callback<Item>): void;
  put(key: string, item: Item, callback: Callback<void>): void;
  del(key: string, callback: Callback<void>): void;
  lock(key: string, run: (release: (done: Callback<Value>) => Callback<Value>) => void): void;
}

export interface Store {
  readonly options: Value;
  readonly db: Value;
  readonly tableDb: Value;
  getItemDb(table: string): ItemStore;
  getIndexDb(type: string, table: string, index: string): Value;
  getTable(name: string, callback: Callback<Value>): void;
}

type Action = (store: Store, data: Value, callback: Callback<Value>) => void;

rememberExpressions();
const load = createRequire(import.meta.url);

/** dynalite's database functions. It calls them through this object, so that they can be replaced. */
export const dynaliteDb = load('dynalite/db');
const validations = load('dynalite/validations');
const actions = new Map<string, Action>();
const rules = new Map<string, Value>();

/** Checks the input as DynamoDB does and parses its expressions. Throws dynalite's error. */
export function parseInput(operation: string, input: Value, store: Store): Value {
  const file = operation.charAt(0).toLowerCase() + operation.slice(1);
  let rule = rules.get(operation);
  if (!rule) {
    rule = load(`dynalite/validations/${file}`);
    actions.set(operation, load(`dynalite/actions/${file}`));
    rules.set(operation, rule);
  }
  const data = validations.checkTypes(input, rule.types);
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
