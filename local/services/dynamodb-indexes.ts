// Index entries of items, and indexes that a template adds to a table which already has items.
import type { Value } from '../template/cloud-assembly.ts';
import { dynaliteDb, type Item, type LevelOperation } from './dynamodb-store.ts';
import type { Table } from './dynamodb-table.ts';

/** dynalite keeps the items of a table under this prefix. */
export const itemPrefix = (table: string) => `item-${table}~`;

/** What a write of an item changes in the indexes of its table. */
export function indexOperations(
  table: Value,
  oldItem: Item | undefined,
  newItem: Item | undefined,
): LevelOperation[] {
  const operations: LevelOperation[] = [];
  for (const type of ['Local', 'Global']) {
    const indexes = table[`${type}SecondaryIndexes`] ?? [];
    const { puts, deletes } = dynaliteDb.getIndexActions(indexes, oldItem, newItem, table);
    const prefix = (index: string) => `index-${type.toLowerCase()}~${table.TableName}~${index}~`;
    for (const { index, key } of deletes) operations.push({ type: 'del', key: prefix(index) + key });
    for (const { index, key, item } of puts) {
      operations.push({ type: 'put', key: prefix(index) + key, value: item });
    }
  }
  return operations;
}

/** Compares with what the last start left: keys must be the same, changed indexes are made anew. */
export async function prepareTable({ name, description }: Table, database: Value): Promise<void> {
  const {
    KeySchema,
    AttributeDefinitions,
    GlobalSecondaryIndexes = [],
    LocalSecondaryIndexes = [],
  } = description;
  const shape = JSON.stringify({ KeySchema, AttributeDefinitions });
  const indexes = JSON.stringify(
    [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
  );
  const known = await database.get(`shape~${name}`);
  if (known && JSON.stringify(JSON.parse(known.shape).KeySchema) !== JSON.stringify(KeySchema)) {
    throw new Error(
      `Table ${name} has other keys than the data on disk. Remove the data directory to go on.`,
    );
  }
  if (known && known.indexes !== indexes) await makeIndexes(name, description, database);
  await database.put(`shape~${name}`, { shape, indexes });
}

async function makeIndexes(name: string, description: Value, database: Value): Promise<void> {
  for (const type of ['global', 'local']) {
    await database.clear({ gte: `index-${type}~${name}~`, lt: `index-${type}~${name}~\xff` });
  }
  for await (const [, item] of database.iterator({
    gte: itemPrefix(name),
    lt: `${itemPrefix(name)}\xff`,
  })) {
    const operations = indexOperations(description, undefined, item);
    if (operations.length > 0) await database.batch(operations);
  }
}
