import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { clientSettings, lighten } from './aws-client.ts';
import { readMany, writeMany } from './dynamo-bulk-requests.ts';
import { conditional, expressions, placeholders, toAttributes } from './dynamo-expressions.ts';
import type { Item, ItemKey, ItemQuery, ItemUpdate, UpdateOutcome } from './dynamo-item.ts';
import type { ReadTogether } from './dynamo-reads-together.ts';
import { type ItemWrite, type TransactionOutcome, writeTogether } from './dynamo-transaction.ts';
import { sdkAttempts } from './retry-policy.ts';

/**
 * One table in plain JavaScript values. What is written has the type of its kind of row (`Row`). What is read
 * has none, until the schema of its row has parsed it (adapters/parse-item.ts).
 */
export interface DynamoTable {
  get(key: ItemKey, options?: { consistent?: boolean; attributes?: string[] }): Promise<Item | undefined>;
  getMany(keys: ItemKey[], options?: { consistent?: boolean }): Promise<Item[]>;
  /** False when the condition failed. */
  put<Row extends object = Item>(item: ItemKey & Row, condition?: string): Promise<boolean>;
  putMany(items: ItemKey[]): Promise<void>;
  update<Row extends object = Item>(update: ItemUpdate<Row>): Promise<UpdateOutcome>;
  /** All of them, of different items, or none. */
  transact(writes: readonly ItemWrite[]): Promise<TransactionOutcome>;
  /** The item that was there, if any. */
  delete(key: ItemKey): Promise<Item | undefined>;
  deleteMany(keys: ItemKey[]): Promise<void>;
  query(query: ItemQuery): Promise<{ items: Item[]; lastKey: Item | undefined }>;
  /** A page of everything in an index, in no order; for commands. */
  scan(page: Pick<ItemQuery, 'index' | 'limit' | 'startKey'>): ReturnType<DynamoTable['query']>;
  /** Counts what the key condition matches, over all pages. */
  count(query: Pick<ItemQuery, 'index' | 'where' | 'values'>): Promise<number>;
}

type Attributes = Record<string, AttributeValue>;

const fromAttributes = (attributes: Attributes): Item => unmarshall(attributes);

/** The client of one environment, shared by all tables: connections and credentials are set up once. */
export function createDynamoClient(maxAttempts: number = sdkAttempts.dynamo): DynamoDBClient {
  return lighten(new DynamoDBClient(clientSettings(maxAttempts)));
}

export interface DynamoTableOptions {
  client: DynamoDBClient;
  tableName: string;
  /** Whole items that are asked for in one turn of the event loop are read by one request, with those of other tables. */
  together?: ReadTogether | undefined;
}

/** A condition that fails is an answer, not an exception. */
export function createDynamoTable({
  client,
  tableName: TableName,
  together,
}: DynamoTableOptions): DynamoTable {
  async function getItem(Key: Attributes, consistent: boolean, attributes?: string[]) {
    const projection = attributes && {
      ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
    };
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key, ConsistentRead: consistent, ...projection }),
    );
    return Item;
  }

  return {
    async get(key, { consistent = false, attributes } = {}) {
      const read = { tableName: TableName, key: toAttributes(key), consistent };
      const item =
        together && !attributes
          ? await together(read, ({ key: Key, consistent: isConsistent }) => getItem(Key, isConsistent))
          : await getItem(read.key, consistent, attributes);
      return item && fromAttributes(item);
    },

    async getMany(keys, { consistent = false } = {}) {
      const found = await readMany(client, TableName, keys.map(toAttributes), consistent);
      return found.map(fromAttributes);
    },

    async put(item, condition) {
      try {
        const input = { TableName, Item: toAttributes(item), ...conditional(condition) };
        await client.send(new PutItemCommand(input));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    putMany: (items) =>
      writeMany(
        client,
        TableName,
        items.map((item) => ({ PutRequest: { Item: toAttributes(item) } })),
      ),

    async update(update) {
      const input = { TableName, Key: toAttributes(update.key), ...expressions(update) };
      try {
        const answer = await client.send(
          new UpdateItemCommand({
            ...input,
            ReturnValues: update.returnNew ? 'ALL_NEW' : 'NONE',
            ...(update.condition && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
          }),
        );
        return { applied: true, item: answer.Attributes && fromAttributes(answer.Attributes) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { applied: false, item: error.Item && fromAttributes(error.Item) };
      }
    },

    transact: (writes) => writeTogether(client, TableName, writes),

    async delete(key) {
      const input = { TableName, Key: toAttributes(key), ReturnValues: 'ALL_OLD' as const };
      const { Attributes } = await client.send(new DeleteItemCommand(input));
      return Attributes && fromAttributes(Attributes);
    },

    deleteMany: (keys) =>
      writeMany(
        client,
        TableName,
        keys.map((key) => ({ DeleteRequest: { Key: toAttributes(key) } })),
      ),

    async query({ index, where, values, limit, newestFirst = false, startKey, consistent }) {
      const answer = await client.send(
        new QueryCommand({
          TableName,
          IndexName: index,
          KeyConditionExpression: where,
          ...placeholders([where], values),
          Limit: limit,
          ConsistentRead: consistent,
          ScanIndexForward: !newestFirst,
          ExclusiveStartKey: startKey && toAttributes(startKey),
        }),
      );
      return {
        items: (answer.Items ?? []).map(fromAttributes),
        lastKey: answer.LastEvaluatedKey && fromAttributes(answer.LastEvaluatedKey),
      };
    },

    async scan({ index, limit, startKey }) {
      const answer = await client.send(
        new ScanCommand({
          TableName,
          IndexName: index,
          Limit: limit,
          ExclusiveStartKey: startKey && toAttributes(startKey),
        }),
      );
      return {
        items: (answer.Items ?? []).map(fromAttributes),
        lastKey: answer.LastEvaluatedKey && fromAttributes(answer.LastEvaluatedKey),
      };
    },

    async count({ index, where, values }) {
      let total = 0;
      let startKey: Record<string, AttributeValue> | undefined;
      do {
        const answer = await client.send(
          new QueryCommand({
            TableName,
            IndexName: index,
            KeyConditionExpression: where,
            ...placeholders([where], values),
            Select: 'COUNT',
            ExclusiveStartKey: startKey,
          }),
        );
        total += answer.Count ?? 0;
        startKey = answer.LastEvaluatedKey;
      } while (startKey);
      return total;
    },
  };
}
