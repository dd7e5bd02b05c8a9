import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Database } from '../../../../local/services/database.ts';

function directoryOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'database-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}
function open(t: TestContext): Database {
  const database = new Database(directoryOf(t));
  t.after(() => database.close());
  return database;
}
const put = (key: string, value: unknown = key) => ({ type: 'put', key, value }) as const;
/** What JSON cannot say. */
const unwritable = {
  toJSON() {
    throw new Error('unwritable');
  },
};
const keysOf = (database: Database, range: Parameters<Database['entries']>[0]) =>
  Array.from(database.entries(range), ([key]) => key);

describe('the database of the tables', () => {
  it('gives back what was put last, at once', (t) => {
    const database = open(t);
    void database.write([put('a', 1), put('b', { text: 'ü' }), put('a', [2])]);
    assert.deepEqual(
      [database.get('a'), database.get('b'), database.get('c')],
      [[2], { text: 'ü' }, undefined],
    );
    void database.write([{ type: 'del', key: 'a' }]);
    assert.equal(database.get('a'), undefined);
  });

  it('lists keys in the order of their bytes, between bounds, from either end, and no more than asked for', async (t) => {
    const database = open(t);
    await database.write(['b', 'a~1', 'a', 'aÿ', 'a/1', 'c'].map((key) => put(key)));
    assert.deepEqual(keysOf(database, {}), ['a', 'a/1', 'a~1', 'aÿ', 'b', 'c']);
    assert.deepEqual(keysOf(database, { gt: 'a', lt: 'a\xff' }), ['a/1', 'a~1']);
    assert.deepEqual(keysOf(database, { gte: 'a', lte: 'b', reverse: true, limit: 2 }), ['b', 'aÿ']);
    const [first] = database.entries({ gte: 'c' });
    assert.deepEqual(first, ['c', 'c']);
  });

  it('writes all of a turn in one transaction, or nothing of it', async (t) => {
    const database = open(t);
    const written = [database.write([put('a')]), database.write([put('b'), put('bad', unwritable)])];
    const late = database.write([put('c')]);
    for (const each of [...written, late]) await assert.rejects(each, { message: 'unwritable' });
    assert.deepEqual(keysOf(database, {}), []);
    await database.write([put('d')]);
    assert.deepEqual(keysOf(database, {}), ['d']);
  });

  it('says that writes are pending until they are committed', async (t) => {
    const database = open(t);
    const written = database.write([put('a')]);
    assert.equal(database.committed, written);
    await written;
    assert.equal(database.committed, undefined);
  });

  it('keeps what was written before a kill -9, and admits one process at a time', async (t) => {
    const directory = directoryOf(t);
    const module = pathToFileURL(join(import.meta.dirname, '../../../../local/services/database.ts')).href;
    const script = join(directory, 'write.mjs');
    writeFileSync(
      script,
      `import { Database } from ${JSON.stringify(module)};
      const database = new Database(${JSON.stringify(directory)});
      await database.write([{ type: 'put', key: 'kept', value: 1 }]);
      process.send('written');
      setInterval(() => {}, 1_000);`,
    );
    const child = fork(script);
    await once(child, 'message');
    assert.throws(() => new Database(directory), { errcode: 5 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const database = new Database(directory);
    assert.equal(database.get('kept'), 1);
    await database.close();
  });
});
