import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { chunk, untilAllDone, writeMany } from './dynamo-bulk-requests.ts';
import { conditional, expressions, placeholders, toAttributes } from './dynamo-expressions.ts';

export type Item = Record<string, unknown>;

export interface ItemKey {
  pk: string;
  sk: string;
}

/**
 * One UpdateItem. In expressions `#name` stands for the attribute `name` (or for `names.name`) and `:name` for
 * `values.name`; member names of set, setTo and remove may be paths into maps: `leases.id` is `#leases.#id`.
 */
export interface ItemUpdate {
  key: ItemKey;
  set?: Item;
  /** Attribute → expression, such as `if_not_exists(#started_at, :now)`. */
  setTo?: Record<string, string>;
  add?: Item;
  /** Elements taken out of sets. */
  delete?: Item;
  remove?: string[];
  condition?: string;
  values?: Item;
  names?: Record<string, string>;
  /** Ask for the whole item after the change. */
  returnNew?: boolean;
}

/** `item`: after the change where it was asked for; where the condition failed, what was there (undefined: nothing). */
export type UpdateOutcome =
  | { applied: true; item: Item | undefined }
  | { applied: false; item: Item | undefined };

export interface ItemQuery {
  index?: string;
  /** Key condition with the same placeholders as ItemUpdate. */
  where: string;
  values: Item;
  limit?: number;
  newestFirst?: boolean;
  startKey?: Item | undefined;
  /** Not possible on an index. */
  consistent?: boolean;
}

export interface DynamoTable {
  get(key: ItemKey, options?: { consistent?: boolean; attributes?: string[] }): Promise<Item | undefined>;
  getMany(keys: ItemKey[], options?: { consistent?: boolean }): Promise<Item[]>;
  /** False when the condition failed. */
  put(item: Item, condition?: string, values?: Item): Promise<boolean>;
  putMany(items: Item[]): Promise<void>;
  update(update: ItemUpdate): Promise<UpdateOutcome>;
  /** The item that was there, if any. */
  delete(key: ItemKey): Promise<Item | undefined>;
  deleteMany(keys: ItemKey[]): Promise<void>;
  query(query: ItemQuery): Promise<{ items: Item[]; lastKey: Item | undefined }>;
  /** Counts what the key condition matches, over all pages. */
  count(query: Pick<ItemQuery, 'index' | 'where' | 'values'>): Promise<number>;
}

const fromItem = (item: Record<string, AttributeValue>): Item => unmarshall(item);

/** The client of one environment, shared by all tables: connections and credentials are set up once. */
export function createDynamoClient(): DynamoDBClient {
  return new DynamoDBClient({});
}

/** One table, in plain JavaScript values. Conditional failures are answers, not exceptions. */
export function createDynamoTable(options: { client: DynamoDBClient; tableName: string }): DynamoTable {
  const { client, tableName: TableName } = options;
  return {
    async get(key, { consistent = false, attributes } = {}) {
      const projection = attributes && {
        ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
      };
      const answer = await client.send(
        new GetItemCommand({
          TableName,
          Key: toAttributes({ ...key }),
          ConsistentRead: consistent,
          ...projection,
        }),
      );
      return answer.Item && fromItem(answer.Item);
    },

    async getMany(keys, { consistent = false } = {}) {
      const pages = chunk(keys, 100).map((page) => ({
        [TableName]: { Keys: page.map((key) => toAttributes({ ...key })), ConsistentRead: consistent },
      }));
      const found = await Promise.all(
        pages.map((page) =>
          untilAllDone(page, async (rest) => {
            const answer = await client.send(new BatchGetItemCommand({ RequestItems: rest }));
            return {
              rest: answer.UnprocessedKeys,
              value: (answer.Responses?.[TableName] ?? []).map(fromItem),
            };
          }),
        ),
      );
      return found.flat(2);
    },

    async put(item, condition, values) {
      const input = { TableName, Item: toAttributes(item), ...conditional(condition, values) };
      return (await orFailed(() => client.send(new PutItemCommand(input)))) !== failed;
    },

    putMany: (items) =>
      writeMany(
        client,
        TableName,
        items.map((item) => ({ PutRequest: { Item: toAttributes(item) } })),
      ),

    async update(update) {
      const input = { TableName, Key: toAttributes({ ...update.key }), ...expressions(update) };
      try {
        const answer = await client.send(
          new UpdateItemCommand({
            ...input,
            ReturnValues: update.returnNew ? 'ALL_NEW' : 'NONE',
            ...(update.condition && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
          }),
        );
        return { applied: true, item: answer.Attributes && fromItem(answer.Attributes) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { applied: false, item: error.Item && fromItem(error.Item) };
      }
    },

    async delete(key) {
      const input = { TableName, Key: toAttributes({ ...key }), ReturnValues: 'ALL_OLD' as const };
      const { Attributes } = await client.send(new DeleteItemCommand(input));
      return Attributes && fromItem(Attributes);
    },

    deleteMany: (keys) =>
      writeMany(
        client,
        TableName,
        keys.map((key) => ({ DeleteRequest: { Key: toAttributes({ ...key }) } })),
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
        items: (answer.Items ?? []).map(fromItem),
        lastKey: answer.LastEvaluatedKey && fromItem(answer.LastEvaluatedKey),
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

const failed = Symbol('condition failed');

async function orFailed<T>(send: () => Promise<T>): Promise<T | typeof failed> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return failed;
    throw error;
  }
}
