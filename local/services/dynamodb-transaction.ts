// TransactWriteItems: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
// Each write runs as dynalite's own action, up to where it would write: there it waits, with its item locked, until all
// have come so far. Then one transaction of the database holds them all, so that a killed process leaves all of them or none.
import type { Value } from '../template/cloud-assembly.ts';
import type { Operation } from './database.ts';
import { type Item, itemPrefix, parseInput, runAction, type Store } from './dynamodb-store.ts';
import { keysOf, type Table } from './dynamodb-table.ts';
import { addRefusal, type Units } from './dynamodb-units.ts';
import type { DynamoDbWriter } from './dynamodb-writer.ts';
import { ServiceFault } from './service-fault.ts';

const actions = new Map([
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
]);
const mostItems = 100;
/** It prepares each write and then commits it, and both are billed. */
const billedTimes = 2;
const aborted = new Error('Another write of the transaction was refused');

type Done = (error?: Value) => void;

/** What a write waits for. */
interface Arrived {
  readonly operation: Operation;
  readonly table: string;
  readonly key: string;
  readonly done: Done;
}

/** The writes of an input, as calls of their own. Throws ServiceFault for what is not served. */
export function listWrites(input: Value): { operation: string; input: Value }[] {
  const items: Value[] = input.TransactItems ?? [];
  if (items.length === 0 || items.length > mostItems)
    throw new ServiceFault(400, 'ValidationException', `A transaction has 1 to ${mostItems} items`);
  return items.map((item) => {
    const [[name = '', write] = []] = Object.entries<Value>(item);
    const operation = actions.get(name);
    if (operation) return { operation, input: write };
    throw new ServiceFault(
      400,
      'UnknownOperationException',
      `${name} in a transaction is not served locally`,
    );
  });
}

/** Runs the transactions of a store one after the other: two that lock the same items would wait for each other. */
export class DynamoDbTransactions {
  readonly #store: Store;
  readonly #writer: DynamoDbWriter;
  readonly #tables: ReadonlyMap<string, Table>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Store, writer: DynamoDbWriter, tables: ReadonlyMap<string, Table>) {
    this.#store = store;
    this.#writer = writer;
    this.#tables = tables;
  }

  /** Throws ServiceFault TransactionCanceledException with a reason for each write, and dynalite's errors. */
  run(input: Value, units?: Units): Promise<Value> {
    const mine = this.#last.then(() => this.#run(listWrites(input), units));
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #run(writes: { operation: string; input: Value }[], units: Units | undefined): Promise<Value> {
    const parsed = writes.map(({ operation, input }) => {
      const data = parseInput(operation, withoutReturns(input), this.#store);
      data._returnsOld = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      return { operation, data };
    });
    const places = writes.map(({ input }) => this.#placeOf(input));
    // The second of two would wait for the first, which waits for it.
    if (new Set(places).size < places.length)
      throw new ServiceFault(
        400,
        'ValidationException',
        'Transaction request cannot include multiple operations on one item',
      );
    const arrived: Arrived[] = [];
    let refused = 0;
    const goOn = () => {
      if (arrived.length + refused < writes.length) return;
      if (refused > 0) for (const { table, key, done } of arrived) this.#abort(table, key, done);
      else this.#writer.writeTogether(arrived);
    };
    const store = this.#waiting((write) => {
      arrived.push(write);
      goOn();
    }, units);
    const outcomes = await Promise.allSettled(
      parsed.map(({ operation, data }) =>
        runAction(operation, data, store).catch((error: unknown) => {
          if (error === aborted) throw error;
          if (units && isRefusal(error)) addRefusal(units, (error as Value).existing, billedTimes);
          refused += 1;
          goOn();
          throw error;
        }),
      ),
    );
    const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined));
    if (errors.every((error) => error === undefined)) return {};
    const other = errors.find((error) => error && error !== aborted && !isRefusal(error));
    if (other) throw other;
    throw cancelled(errors);
  }

  #placeOf({ TableName, Key, Item }: Value): string {
    const table = this.#tables.get(TableName);
    return JSON.stringify([TableName, table ? keysOf(Key ?? Item, table) : Key]);
  }

  #abort(table: string, key: string, done: Done): void {
    this.#writer.forget(table, key);
    done(aborted);
  }

  /** The store as the writes of a transaction see it. */
  #waiting(arrive: (write: Arrived) => void, units: Units | undefined): Store {
    const store = this.#store;
    const waiting: Store = Object.create(store);
    waiting.getItemDb = (table) => {
      const prefix = itemPrefix(table);
      return {
        ...store.getItemDb(table),
        put: (key: string, value: Item, done: Done) =>
          arrive({ operation: { type: 'put', key: prefix + key, value }, table, key, done }),
        del: (key: string, done: Done) =>
          arrive({ operation: { type: 'del', key: prefix + key }, table, key, done }),
      };
    };
    this.#writer.adopt(waiting, units, billedTimes);
    return waiting;
  }
}

function withoutReturns({ ReturnValuesOnConditionCheckFailure: _, ...input }: Value): Value {
  return input;
}

const isRefusal = (error: Value) => error.body?.__type?.includes('ConditionalCheckFailed') === true;

function cancelled(errors: readonly Value[]): ServiceFault {
  const CancellationReasons = errors.map((error) =>
    error === undefined || error === aborted
      ? { Code: 'None' }
      : { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: error.body.Item },
  );
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new ServiceFault(400, 'TransactionCanceledException', message, { CancellationReasons });
}
