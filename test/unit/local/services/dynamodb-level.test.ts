import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quicken } from '../../../../local/services/dynamodb-level.ts';
import type { LevelOperation } from '../../../../local/services/dynamodb-store.ts';

/** A database whose batches are written when the test says so. */
class Database {
  static readonly batches: { keys: string[]; end(error?: Error): void }[] = [];
  get = async () => 'read by a thread';
  getSync(key: string): string {
    if (key === 'missing') throw new Error('missing');
    return `value of ${key}`;
  }
  batch(operations: LevelOperation[]): Promise<void> {
    return new Promise((resolve, reject) => {
      Database.batches.push({
        keys: operations.map(({ key }) => key),
        end: (error) => (error ? reject(error) : resolve()),
      });
    });
  }
}
type Quickened = {
  get(key: string, callback: (error: unknown, value?: string) => void): void;
  batch(operations: LevelOperation[], callback?: (error: unknown) => void): Promise<void>;
};
const del = (key: string): LevelOperation => ({ type: 'del', key });
async function turn(): Promise<void> {
  for (let left = 5; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('the quickened database', () => {
  function start() {
    Database.batches.length = 0;
    const db = new Database();
    const flush = quicken({ db });
    return { db: db as unknown as Quickened, flush };
  }
  const written = () => Database.batches.map(({ keys }) => keys);

  it('reads at once, and answers later', async () => {
    const { db } = start();
    const seen: unknown[] = [];
    db.get('a', (_error, value) => seen.push(value));
    db.get('missing', (error) => seen.push((error as Error).message));
    assert.deepEqual(seen, []);
    await turn();
    assert.deepEqual(seen, ['value of a', 'missing']);
  });

  it('writes in their order what comes in one turn, and what comes while that is written', async () => {
    const { db } = start();
    const ended: string[] = [];
    const write = (key: string) => db.batch([del(key)], () => ended.push(key));
    void write('a');
    void write('b');
    await turn();
    void write('c');
    void write('d');
    await turn();
    assert.deepEqual([written(), ended], [[['a', 'b']], []]);
    Database.batches[0]?.end();
    await turn();
    assert.deepEqual(
      [written(), ended],
      [
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
        ['a', 'b'],
      ],
    );
  });

  it('fails each write of a batch that failed, and goes on', async () => {
    const { db } = start();
    const failed = [db.batch([del('a')]), db.batch([del('b')])];
    await turn();
    const next = db.batch([del('c')]);
    Database.batches[0]?.end(new Error('disk full'));
    for (const each of failed) await assert.rejects(each, { message: 'disk full' });
    await turn();
    Database.batches[1]?.end();
    await next;
  });

  it('is flushed when everything handed in is written', async () => {
    const { db, flush } = start();
    let isFlushed = false;
    void db.batch([del('a')]);
    const flushed = flush().then(() => {
      isFlushed = true;
    });
    await turn();
    assert.equal(isFlushed, false);
    Database.batches[0]?.end();
    await flushed;
  });
});
