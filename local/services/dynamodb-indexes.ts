// Entries of global secondary indexes, and indexes that a template adds to a table which already has items:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
import { isDeepStrictEqual } from 'node:util';
import type { Value } from '../template/cloud-assembly.ts';
import { dynaliteDb, type Item, itemPrefix, type LevelOperation } from './dynamodb-store.ts';
import type { Table } from './dynamodb-table.ts';

/** dynalite keeps the entries of an index under this prefix. */
const indexPrefix = (table: string, index: string) => `index-global~${table}~${index}~`;

/** What a write of an item changes in the indexes of its table. */
export function indexOperations(
  { name, description }: Table,
  oldItem: Item | undefined,
  newItem: Item | undefined,
): LevelOperation[] {
  const all: Value[] = description.GlobalSecondaryIndexes ?? [];
  const indexes = all.filter((index) => !isProjectedAlike(index, description, oldItem, newItem));
  if (indexes.length === 0) return [];
  const { puts, deletes } = dynaliteDb.getIndexActions(indexes, oldItem, newItem, description);
  const operations: LevelOperation[] = [];
  for (const { index, key } of deletes) operations.push({ type: 'del', key: indexPrefix(name, index) + key });
  for (const { index, key, item } of puts) {
    operations.push({ type: 'put', key: indexPrefix(name, index) + key, value: item });
  }
  return operations;
}

/** Whether an entry of the index stays as it is: most changes of an item change nothing that the index has. */
function isProjectedAlike(
  { KeySchema, Projection }: Value,
  { KeySchema: tableKeys }: Value,
  oldItem: Item | undefined,
  newItem: Item | undefined,
): boolean {
  if (!oldItem || !newItem || Projection.ProjectionType === 'ALL') return false;
  const names = [...KeySchema, ...tableKeys].map(({ AttributeName }: Value) => AttributeName);
  return [...names, ...(Projection.NonKeyAttributes ?? [])].every((name) =>
    isDeepStrictEqual(oldItem[name], newItem[name]),
  );
}

/** Compares with what the last start left: keys must be the same, changed indexes are made anew. */
export async function prepareTable(table: Table, database: Value): Promise<void> {
  const { name, description } = table;
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = description;
  const shape = JSON.stringify({ KeySchema, AttributeDefinitions });
  const indexes = JSON.stringify(
    GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }: Value) => ({
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
  if (known && known.indexes !== indexes) await makeIndexes(table, database);
  await database.put(`shape~${name}`, { shape, indexes });
}

async function makeIndexes(table: Table, database: Value): Promise<void> {
  const indexes = indexPrefix(table.name, '').slice(0, -1);
  await database.clear({ gte: indexes, lt: `${indexes}\xff` });
  const items = itemPrefix(table.name);
  for await (const [, item] of database.iterator({ gte: items, lt: `${items}\xff` })) {
    const operations = indexOperations(table, undefined, item);
    if (operations.length > 0) await database.batch(operations);
  }
}
