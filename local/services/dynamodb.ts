// Amazon DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
// dynalite does expressions, items and indexes. Added in dynamodb-*.ts: one atomic batch for an item, its index
// entries, its stream records and its expiry; TTL; ReturnValuesOnConditionCheckFailure; transactions.
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import type { JsonService } from './aws-service.ts';
import type { Database } from './database.ts';
import { dynamoDbAccess } from './dynamodb-access.ts';
import type { ChangeListener } from './dynamodb-change.ts';
import { prepareTable } from './dynamodb-indexes.ts';
import { createStore, parseInput, runAction, type Store } from './dynamodb-store.ts';
import { type Table, tableOf } from './dynamodb-table.ts';
import { DynamoDbTransactions } from './dynamodb-transaction.ts';
import { addRead, addRefusal, type Units } from './dynamodb-units.ts';
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

const reads = new Set(['BatchGetItem', 'GetItem', 'Query', 'Scan']);

const expiryIntervalMs = 10_000;

export class DynamoDb implements JsonService {
  readonly #store: Store;
  readonly #database: Database;
  /** ARN of every table, up to the table's name. */
  readonly #arnPrefix: string;
  readonly #tables = new Map<string, Table>();
  readonly #writer: DynamoDbWriter;
  readonly #transactions: DynamoDbTransactions;
  readonly #expiry: NodeJS.Timeout;

  constructor(database: Database, region: string, account: string) {
    this.#database = database;
    this.#arnPrefix = `arn:aws:dynamodb:${region}:${account}:table/`;
    // The template is the description of a table.
    this.#store = createStore(database, (name, ...rest) => {
      const done = rest.at(-1);
      const table = this.#tables.get(name);
      if (table) done(null, table.description);
      else done(tableNotFound());
    });
    this.#writer = new DynamoDbWriter(database, this.#store, this.#tables);
    this.#transactions = new DynamoDbTransactions(this.#store, this.#writer, this.#tables);
    this.#expiry = setInterval(() => void this.expireItems(), expiryIntervalMs);
    this.#expiry.unref();
  }

  /** Makes a table from its resource, and the indexes that are new in the template from its items. */
  async add(resource: ResolvedResource, listener?: ChangeListener): Promise<void> {
    const table = tableOf(resource, listener);
    await prepareTable(table, this.#database);
    this.#tables.set(table.name, table);
  }

  /** The permissions that a call needs. */
  access(operation: string, input: Value): AccessRequest[] {
    checkServed(operation);
    const hashKey = (table: string) =>
      this.#tables.get(table)?.description.KeySchema[0].AttributeName as string | undefined;
    return dynamoDbAccess(operation, input, this.#arnPrefix, hashKey);
  }

  /** Answers one call. Throws ServiceFault. @param units is told what the call is billed */
  async call(operation: string, input: Value, units?: Units): Promise<Value> {
    checkServed(operation);
    // For commands, which find a stage's tables by their names.
    if (operation === 'ListTables') return { TableNames: [...this.#tables.keys()].sort() };
    try {
      if (operation === 'TransactWriteItems') return await this.#transactions.run(input, units);
      // Read first, because parsing drops what dynalite does not know. dynamodb-writer.ts looks at `_returnsOld`.
      const returnsOld = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      const data = parseInput(operation, input, this.#store);
      if (returnsOld) data._returnsOld = true;
      const answer = await this.#run(operation, data, units);
      // What it answers by must not be lost by a crash.
      if (operation === 'Query' || operation === 'Scan') await this.#database.committed;
      return answer;
    } catch (error) {
      if (units && 'existing' in Object(error)) addRefusal(units, (error as Value).existing);
      throw asFault(error);
    }
  }

  #run(operation: string, data: Value, units: Units | undefined): Promise<Value> {
    if (!units) return runAction(operation, data, this.#store);
    if (reads.has(operation)) return this.#read(operation, data, units);
    return runAction(operation, data, this.#writer.metered(units));
  }

  async #read(operation: string, data: Value, units: Units): Promise<Value> {
    const asked = { ...data, ReturnConsumedCapacity: 'TOTAL' };
    const { ConsumedCapacity, ...answer } = await runAction(operation, asked, this.#store);
    addRead(units, ConsumedCapacity, data.ConsistentRead === true);
    return answer;
  }

  /** Deletes what its TTL attribute says is past. Resolves to the number of items. */
  async expireItems(now = Date.now()): Promise<number> {
    let expired = 0;
    for (const table of this.#tables.values()) {
      if (table.ttlAttribute) expired += await this.#writer.expire(table, Math.floor(now / 1000));
    }
    return expired;
  }

  close(): void {
    clearInterval(this.#expiry);
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
