import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Database } from '../../../../local/services/database.ts';
import { dynaliteDb } from '../../../../local/services/dynamodb-store.ts';
import { importLevel } from '../../../../local/services/import-level.ts';

test('the tables of an older data directory are moved once', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'import-level-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const older = join(directory, 'dynamodb');
  const { db } = dynaliteDb.create({ path: older });
  await db.open();
  await db.batch(
    Array.from({ length: 1_200 }, (_, n) => ({
      type: 'put',
      key: `item-tasks~${n}`,
      value: { n: { N: `${n}` } },
    })),
  );
  await db.close();

  const database = new Database(directory);
  t.after(() => database.close());
  await importLevel(older, database);
  assert.equal([...database.entries({})].length, 1_200);
  assert.deepEqual(database.get('item-tasks~7'), { n: { N: '7' } });
  assert.equal(existsSync(older), false);
  await importLevel(older, database);
});
