import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';
import { batchPolicies, sendAll } from './retry-policy.ts';

type Attributes = Record<string, AttributeValue>;

interface ItemRead {
  tableName: string;
  key: Attributes;
  consistent: boolean;
}

type FindItem = (read: ItemRead) => Promise<Attributes | undefined>;

/**
 * Reads an item, with those of the same turn of the event loop.
 *
 * @param alone makes the read where there is no other
 */
export type ReadTogether = (read: ItemRead, alone: FindItem) => Promise<Attributes | undefined>;

const textOf = (key: Attributes) => JSON.stringify(Object.entries(key).sort());
const nameOf = ({ tableName, key }: Pick<ItemRead, 'tableName' | 'key'>) => `${tableName} ${textOf(key)}`;

/**
 * Items that are asked for in one turn of the event loop, of whatever tables, are read by one request, each once. One consistent
 * read of a table makes those beside it consistent.
 */
export function createReadTogether(client: DynamoDBClient): ReadTogether {
  let waiting: { read: ItemRead; found: PromiseWithResolvers<Attributes | undefined> }[] = [];

  /** By their names; those that are not there are left out. */
  async function readAll(reads: ItemRead[]): Promise<Map<string, Attributes>> {
    const found = new Map<string, Attributes>();
    await sendAll(reads, batchPolicies.dynamo, async (rest) => {
      const RequestItems: Record<string, KeysAndAttributes> = {};
      for (const { tableName, key, consistent } of rest) {
        const { Keys = [], ConsistentRead = false } = RequestItems[tableName] ?? {};
        RequestItems[tableName] = { Keys: [...Keys, key], ConsistentRead: ConsistentRead || consistent };
      }
      const request = new BatchGetItemCommand({ RequestItems });
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(request);
      const [{ key: oneKey = {} } = {}] = rest;
      for (const [tableName, items] of Object.entries(Responses))
        for (const item of items) found.set(nameOf({ tableName, key: keyOf(item, oneKey) }), item);
      const left = new Set(
        Object.entries(UnprocessedKeys).flatMap(([tableName, { Keys = [] }]) =>
          Keys.map((key) => nameOf({ tableName, key })),
        ),
      );
      return rest.filter((read) => left.has(nameOf(read)));
    });
    return found;
  }

  async function send(alone: FindItem): Promise<void> {
    const list = waiting;
    waiting = [];
    // The last of equal ones; any of them may want it consistent.
    const reads = new Map<string, ItemRead>();
    for (const { read } of list) {
      const consistent = read.consistent || (reads.get(nameOf(read))?.consistent ?? false);
      reads.set(nameOf(read), { ...read, consistent });
    }
    const [only] = reads.values();
    try {
      const items =
        only && reads.size === 1
          ? new Map([[nameOf(only), await alone(only)]])
          : await readAll([...reads.values()]);
      for (const { read, found } of list) found.resolve(items.get(nameOf(read)));
    } catch (error) {
      for (const { found } of list) found.reject(error);
    }
  }

  return (read, alone) => {
    const found = Promise.withResolvers<Attributes | undefined>();
    waiting.push({ read, found });
    if (waiting.length === 1) setImmediate(() => void send(alone));
    return found.promise;
  };
}

/** All tables here have keys of the same names. */
function keyOf(item: Attributes, names: Attributes): Attributes {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name in names));
}
