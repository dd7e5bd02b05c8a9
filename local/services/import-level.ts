// Data directories of older versions keep the tables in LevelDB.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Operation } from './database.ts';
import { dynaliteDb } from './dynamodb-store.ts';

/** Of entries that are moved together. */
const portion = 500;

/** Moves all of it into the database. What a crash leaves half moved is moved again at the next start. */
export async function importLevel(directory: string, database: Database): Promise<void> {
  if (!existsSync(join(directory, 'CURRENT'))) return;
  const { db } = dynaliteDb.create({ path: directory });
  await db.open();
  let operations: Operation[] = [];
  for await (const [key, value] of db.iterator()) {
    operations.push({ type: 'put', key, value });
    if (operations.length < portion) continue;
    await database.write(operations);
    operations = [];
  }
  await database.write(operations);
  await db.close();
  rmSync(directory, { recursive: true });
}
