// Entries of global secondary indexes, and indexes that a template adds to a table which already has items:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
import type { Value } from '../template/cloud-assembly.ts';
import type { Database, Operation } from './database.ts';
import { dynaliteDb, type Item, indexPrefix, itemPrefix } from './dynamodb-store.ts';
import { isAlike, type Table } from './dynamodb-table.ts';

/** What a write of an item changes in the indexes of its table. */
export function indexOperations(
  { name, description }: Table,
  oldItem: Item | undefined,
  newItem: Item | undefined,
): Operation[] {
  const all: Value[] = description.GlobalSecondaryIndexes ?? [];
  const indexes = all.filter((index) => !isProjectedAlike(index, description, oldItem, newItem));
  if (indexes.length === 0) return [];
  const { puts, deletes } = dynaliteDb.getIndexActions(indexes, oldItem, newItem, description);
  const operations: Operation[] = [];
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
    isAlike(oldItem[name], newItem[name]),
  );
}

/** Compares with what the last start left: keys must be the same, changed indexes are made anew. */
export async function prepareTable(table: Table, database: Database): Promise<void> {
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
  const known = database.get(`shape~${name}`);
  if (known && JSON.stringify(JSON.parse(known.shape).KeySchema) !== JSON.stringify(KeySchema)) {
    throw new Error(
      `Table ${name} has other keys than the data on disk. Remove the data directory to go on.`,
    );
  }
  if (known && known.indexes !== indexes) await makeIndexes(table, database);
  await database.write([{ type: 'put', key: `shape~${name}`, value: { shape, indexes } }]);
}

/** Of entries that are read and written together. */
const portion = 500;

async function makeIndexes(table: Table, database: Database): Promise<void> {
  await inPortions(database, indexPrefix(table.name, '').slice(0, -1), (key) => [{ type: 'del', key }]);
  await inPortions(database, itemPrefix(table.name), (_key, item) => indexOperations(table, undefined, item));
}

async function inPortions(
  database: Database,
  prefix: string,
  toOperations: (key: string, value: Value) => Operation[],
): Promise<void> {
  let after = prefix;
  for (;;) {
    const entries = [...database.entries({ gt: after, lt: `${prefix}\xff`, limit: portion })];
    await database.write(entries.flatMap(([key, value]) => toOperations(key, value)));
    if (entries.length < portion) return;
    after = entries.at(-1)?.[0] ?? after;
  }
}
