// Amazon DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
// dynalite does expressions, items and indexes. Added here: one atomic batch for an item, its index entries, its
// stream records and its expiry; TTL; ReturnValuesOnConditionCheckFailure; transactions (dynamodb-transactions.ts).

import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import { prepareTable } from './dynamodb-indexes.ts';
import { dynaliteDb, parseInput, runAction, type Store } from './dynamodb-store.ts';
import { describeTable, type Table, tableOf } from './dynamodb-table.ts';
import { transactGet, transactWrite } from './dynamodb-transactions.ts';
import { type ChangeListener, DynamoDbWriter } from './dynamodb-writer.ts';
import { ServiceFault } from './service-fault.ts';

const itemOperations = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
]);

const expiryIntervalMs = 10_000;

export class DynamoDb {
  readonly #store: Store;
  readonly #tables = new Map<string, Table>();
  readonly #writer: DynamoDbWriter;
  readonly #expiry: NodeJS.Timeout;

  private constructor(store: Store) {
    this.#store = store;
    this.#writer = new DynamoDbWriter(store, this.#tables);
    this.#expiry = setInterval(() => void this.expireItems(), expiryIntervalMs);
    this.#expiry.unref();
  }

  /** Opens the data on disk. Rejects with code LEVEL_LOCKED when another host has it open. */
  static async open(path: string, region: string, account: string): Promise<DynamoDb> {
    const store: Store = dynaliteDb.create({ path, createTableMs: 0 });
    try {
      await store.db.open();
    } catch (error) {
      throw (error as Error).cause ?? error;
    }
    store.tableDb.awsAccountId = account;
    store.tableDb.awsRegion = region;
    return new DynamoDb(store);
  }

  /** Makes a table from its resource, and the indexes that are new in the template from its items. */
  async add(resource: ResolvedResource, listener?: ChangeListener): Promise<void> {
    const table = tableOf(resource, listener);
    await prepareTable(table, this.#store.db);
    this.#tables.set(table.name, table);
  }

  tables(): Table[] {
    return [...this.#tables.values()];
  }

  /** The database itself, for what must be kept together with the items. */
  get database(): Value {
    return this.#store.db;
  }

  /** Answers one call. Throws ServiceFault. */
  async call(operation: string, input: Value): Promise<Value> {
    try {
      return await this.#run(operation, input);
    } catch (error) {
      throw asFault(error);
    }
  }

  async #run(operation: string, input: Value): Promise<Value> {
    if (operation === 'DescribeTable') return describeTable(this.#table(input.TableName));
    if (operation === 'DescribeTimeToLive' || operation === 'UpdateTimeToLive') {
      return this.#timeToLive(operation, input);
    }
    if (operation === 'TransactWriteItems') return transactWrite(this.#writer, input);
    if (operation === 'TransactGetItems') return transactGet(this.#store, input);
    if (!itemOperations.has(operation)) {
      throw new ServiceFault(400, 'UnknownOperationException', `DynamoDB ${operation} is not served locally`);
    }
    const returnsOld = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const data = parseInput(operation, input, this.#store);
    if (returnsOld) data._returnsOld = true;
    return runAction(operation, data, this.#store);
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table) return table;
    throw new ServiceFault(
      400,
      'ResourceNotFoundException',
      `Requested resource not found: Table: ${name} not found`,
    );
  }

  #timeToLive(operation: string, input: Value): Value {
    const table = this.#table(input.TableName);
    if (operation === 'UpdateTimeToLive') {
      const { Enabled, AttributeName } = input.TimeToLiveSpecification;
      table.ttlAttribute = Enabled ? AttributeName : undefined;
      return { TimeToLiveSpecification: input.TimeToLiveSpecification };
    }
    return {
      TimeToLiveDescription: table.ttlAttribute
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: table.ttlAttribute }
        : { TimeToLiveStatus: 'DISABLED' },
    };
  }

  /** Deletes what its TTL attribute says is past. Resolves to the number of items. */
  async expireItems(now = Date.now()): Promise<number> {
    let expired = 0;
    for (const table of this.#tables.values()) {
      if (table.ttlAttribute) expired += await this.#writer.expire(table, Math.floor(now / 1000));
    }
    return expired;
  }

  async close(): Promise<void> {
    clearInterval(this.#expiry);
    await this.#store.db.close();
  }
}

function asFault(error: Value): Value {
  if (error instanceof ServiceFault || !error.body) return error;
  const { __type, message, Message, ...details } = error.body;
  return new ServiceFault(error.statusCode, __type.split('#').at(-1), message ?? Message ?? '', details);
}
