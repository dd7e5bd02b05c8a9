import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { TurnTransactions } from '../../../../local/services/turn-transactions.ts';

describe('the transactions of turns', () => {
  function start() {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE entries (key TEXT PRIMARY KEY)');
    const transactions = new TurnTransactions(database);
    const write = (key: string) =>
      transactions.run(() => database.exec(`INSERT INTO entries VALUES ('${key}')`));
    const keys = () =>
      database
        .prepare('SELECT key FROM entries')
        .all()
        .map(({ key }) => key);
    return { database, transactions, write, keys };
  }

  it('hold together what is written in one turn', async () => {
    const { database, transactions, write, keys } = start();
    const first = write('a');
    assert.equal(write('b'), first);
    assert.deepEqual([database.isTransaction, transactions.committed], [true, first]);
    await first;
    assert.deepEqual(
      [database.isTransaction, transactions.committed, keys()],
      [false, undefined, ['a', 'b']],
    );
    assert.notEqual(write('c'), first);
  });

  it('lose all of a turn where one write fails, and nothing of the next', async () => {
    const { write, keys } = start();
    await write('a');
    const turn = [write('b'), write('a'), write('c')];
    for (const each of turn) await assert.rejects(each, /UNIQUE/);
    await write('d');
    assert.deepEqual(keys(), ['a', 'd']);
  });
});
