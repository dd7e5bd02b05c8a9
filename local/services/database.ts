// What the tables hold, on disk: texts in order, each with a value that is kept as JSON. In SQLite, in the host's own thread:
// a write costs less than handing it to another thread.
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Value } from '../template/cloud-assembly.ts';
import { TurnTransactions } from './turn-transactions.ts';

export interface Operation {
  readonly type: 'put' | 'del';
  readonly key: string;
  readonly value?: Value;
  /** The value, where it is JSON already. */
  readonly json?: string;
}

export interface Range {
  readonly gte?: string;
  readonly gt?: string;
  readonly lte?: string;
  readonly lt?: string;
  /** From the last key to the first. */
  readonly reverse?: boolean;
  /** -1: all. */
  readonly limit?: number;
}

interface Row {
  readonly key: string;
  readonly value: string;
}

const bounds = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const;

export class Database {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #del: StatementSync;
  /** By their text. */
  readonly #ranges = new Map<string, StatementSync>();
  readonly #transactions: TurnTransactions;

  /** Throws an error with errcode 5 where another process has it open. */
  constructor(directory: string) {
    this.#database = new DatabaseSync(join(directory, 'tables.db'));
    // A commit reaches the operating system before a call is answered, so a killed process loses nothing; a power cut may.
    this.#database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
      CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL);
      BEGIN IMMEDIATE; COMMIT`);
    this.#transactions = new TurnTransactions(this.#database);
    this.#get = this.#database.prepare('SELECT value FROM entries WHERE key = ?');
    this.#put = this.#database.prepare(
      'INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#del = this.#database.prepare('DELETE FROM entries WHERE key = ?');
  }

  /** What was written last, though it may not be on disk yet: who answers by it answers in a later turn, when it is. */
  get(key: string): Value | undefined {
    const row = this.#get.get(key);
    return row && JSON.parse((row as unknown as Row).value);
  }

  /** All of the operations or, where the disk refuses, none of them. */
  write(operations: readonly Operation[]): Promise<void> {
    return this.#transactions.run(() => {
      for (const { type, key, value, json = JSON.stringify(value) } of operations)
        if (type === 'put') this.#put.run(key, json);
        else this.#del.run(key);
    });
  }

  /** In the order of keys, read as they are asked for, and all in one turn of the event loop. */
  *entries(range: Range): Generator<[key: string, value: Value]> {
    const { limit = -1 } = range;
    const names = (['gte', 'gt', 'lte', 'lt'] as const).filter((name) => range[name] !== undefined);
    const where = names.map((name) => `key ${bounds[name]} ?`).join(' AND ') || 'TRUE';
    const text = `SELECT * FROM entries WHERE ${where} ORDER BY key ${range.reverse ? 'DESC' : 'ASC'} LIMIT ?`;
    const statement = this.#ranges.get(text) ?? this.#database.prepare(text);
    this.#ranges.set(text, statement);
    for (const row of statement.iterate(...names.map((name) => String(range[name])), limit)) {
      const { key, value } = row as unknown as Row;
      yield [key, JSON.parse(value)];
    }
  }

  /** Pending while something that `entries` shows may not be on disk yet. */
  get committed(): Promise<void> | undefined {
    return this.#transactions.committed;
  }

  /** Resolves when everything that was written is on disk and the file is closed. */
  async close(): Promise<void> {
    await this.committed;
    this.#database.close();
  }
}
