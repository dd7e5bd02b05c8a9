// Amazon DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
// dynalite does expressions, items and indexes. Added in dynamodb-*.ts: one atomic batch for an item, its index
// entries, its stream records and its expiry; TTL; ReturnValuesOnConditionCheckFailure; transactions.
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import type { JsonService } from './aws-service.ts';
import { dynamoDbAccess } from './dynamodb-access.ts';
import type { ChangeListener } from './dynamodb-change.ts';
import { prepareTable } from './dynamodb-indexes.ts';
import { quicken } from './dynamodb-level.ts';
import { dynaliteDb, parseInput, runAction, type Store } from './dynamodb-store.ts';
import { type Table, tableOf } from './dynamodb-table.ts';
import { DynamoDbTransactions } from './dynamodb-transaction.ts';
import { DynamoDbWriter } from './dynamodb-writer.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

const served = new Set([
  'ListTables',
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactWriteItems',
  'UpdateItem',
]);

const expiryIntervalMs = 10_000;

export class DynamoDb implements JsonService {
  readonly #store: Store;
  readonly #flush: () => Promise<void>;
  /** ARN of every table, up to the table's name. */
  readonly #arnPrefix: string;
  readonly #tables = new Map<string, Table>();
  readonly #writer: DynamoDbWriter;
  readonly #transactions: DynamoDbTransactions;
  readonly #expiry: NodeJS.Timeout;

  private constructor(store: Store, flush: () => Promise<void>, arnPrefix: string) {
    this.#store = store;
    this.#flush = flush;
    this.#arnPrefix = arnPrefix;
    this.#writer = new DynamoDbWriter(store, this.#tables);
    this.#transactions = new DynamoDbTransactions(store, this.#writer, this.#tables);
    // The template is the description of a table: dynalite needs no read of the disk for each call.
    store.getTable = (name, ...rest) => {
      const done = rest.at(-1);
      const table = this.#tables.get(name);
      if (table) done(null, table.description);
      else done(tableNotFound());
    };
    this.#expiry = setInterval(() => void this.expireItems(), expiryIntervalMs);
    this.#expiry.unref();
  }

  /** Opens the data on disk. Rejects with code LEVEL_LOCKED when another host has it open. */
  static async open(path: string, region: string, account: string): Promise<DynamoDb> {
    const store: Store = dynaliteDb.create({ path });
    try {
      await store.db.open();
    } catch (error) {
      throw (error as Error).cause ?? error;
    }
    return new DynamoDb(store, quicken(store), `arn:aws:dynamodb:${region}:${account}:table/`);
  }

  /** Makes a table from its resource, and the indexes that are new in the template from its items. */
  async add(resource: ResolvedResource, listener?: ChangeListener): Promise<void> {
    const table = tableOf(resource, listener);
    await prepareTable(table, this.#store.db);
    this.#tables.set(table.name, table);
  }

  /** The LevelDB database itself, for what must be kept together with the items. */
  get database(): Value {
    return this.#store.db;
  }

  /** The permissions that a call needs. */
  access(operation: string, input: Value): AccessRequest[] {
    checkServed(operation);
    const hashKey = (table: string) =>
      this.#tables.get(table)?.description.KeySchema[0].AttributeName as string | undefined;
    return dynamoDbAccess(operation, input, this.#arnPrefix, hashKey);
  }

  /** Answers one call. Throws ServiceFault. */
  async call(operation: string, input: Value): Promise<Value> {
    checkServed(operation);
    // For commands, which find a stage's tables by their names.
    if (operation === 'ListTables') return { TableNames: [...this.#tables.keys()].sort() };
    try {
      if (operation === 'TransactWriteItems') return await this.#transactions.run(input);
      // Read first, because parsing drops what dynalite does not know. dynamodb-writer.ts looks at `_returnsOld`.
      const returnsOld = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      const data = parseInput(operation, input, this.#store);
      if (returnsOld) data._returnsOld = true;
      return await runAction(operation, data, this.#store);
    } catch (error) {
      throw asFault(error);
    }
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
    await this.#flush();
    await this.#store.db.close();
  }
}

function checkServed(operation: string): void {
  if (served.has(operation)) return;
  throw new ServiceFault(400, 'UnknownOperationException', `DynamoDB ${operation} is not served locally`);
}

/** In the shape of dynalite's errors. */
function tableNotFound(): Error {
  const body = {
    __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
    message: 'Requested resource not found',
  };
  return Object.assign(new Error(body.message), { statusCode: 400, body });
}

function asFault(error: Value): Value {
  if (!error.body) return error;
  const { __type, message, Message, ...details } = error.body;
  return new ServiceFault(error.statusCode, __type.split('#').at(-1), message ?? Message ?? '', details);
}
