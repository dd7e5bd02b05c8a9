// The messages of all queues on disk, in SQLite. A commit reaches the operating system before a call is answered
// (sqs.ts), so a killed process loses nothing; a power cut may.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { TurnTransactions } from './turn-transactions.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly groupId: string | undefined;
  /** Epoch milliseconds, like every time here. */
  readonly sentAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
}

export interface StoredMessage {
  readonly queue: string;
  readonly message: Message;
  /** When the delay or the visibility timeout ends; undefined: visible. */
  readonly hiddenUntil: number | undefined;
}

interface Row {
  readonly id: string;
  readonly queue: string;
  readonly body: string;
  readonly group_id: string | null;
  readonly sent_at: number;
  readonly receive_count: number;
  readonly first_received_at: number | null;
  readonly hidden_until: number | null;
}

export class SqsMessages {
  readonly #database: DatabaseSync;
  readonly #transactions: TurnTransactions;
  readonly #insert: StatementSync;
  readonly #receive: StatementSync;
  readonly #hide: StatementSync;
  readonly #move: StatementSync;
  readonly #remove: StatementSync;

  constructor(dataDirectory: string) {
    mkdirSync(dataDirectory, { recursive: true });
    this.#database = new DatabaseSync(join(dataDirectory, 'sqs.db'));
    this.#database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL,
        group_id TEXT, sent_at INTEGER NOT NULL, receive_count INTEGER NOT NULL, first_received_at INTEGER,
        hidden_until INTEGER)`);
    this.#transactions = new TurnTransactions(this.#database);
    const prepare = (sql: string) => this.#database.prepare(sql);
    // Columns by name: an older data directory has one more.
    this.#insert = prepare(
      'INSERT INTO messages (id, queue, body, group_id, sent_at, receive_count, hidden_until) VALUES (?, ?, ?, ?, ?, 0, ?)',
    );
    this.#receive = prepare(
      'UPDATE messages SET receive_count = ?, first_received_at = ?, hidden_until = ? WHERE id = ?',
    );
    this.#hide = prepare('UPDATE messages SET hidden_until = ? WHERE id = ?');
    this.#move = prepare('UPDATE messages SET queue = ?, hidden_until = NULL WHERE id = ?');
    this.#remove = prepare('DELETE FROM messages WHERE id = ?');
  }

  /** Adds a message that was never received. */
  insert(queue: string, { id, body, groupId, sentAt }: Message, hiddenUntil: number | undefined): void {
    this.#write(this.#insert, id, queue, body, groupId ?? null, sentAt, hiddenUntil ?? null);
  }

  /** Keeps the receive count of a message that is in flight from now on. */
  receive({ id, receiveCount, firstReceivedAt }: Message, hiddenUntil: number): void {
    this.#write(this.#receive, receiveCount, firstReceivedAt ?? null, hiddenUntil, id);
  }

  hide(id: string, until: number): void {
    this.#write(this.#hide, until, id);
  }

  /** Moves a message by one statement, so that no crash loses or doubles it. */
  move(id: string, queue: string): void {
    this.#write(this.#move, queue, id);
  }

  remove(id: string): void {
    this.#write(this.#remove, id);
  }

  /** Every message, oldest first. */
  all(): StoredMessage[] {
    const rows = this.#database.prepare('SELECT * FROM messages ORDER BY sent_at, rowid').all();
    return (rows as unknown as Row[]).map((row) => ({
      queue: row.queue,
      hiddenUntil: row.hidden_until ?? undefined,
      message: {
        id: row.id,
        body: row.body,
        groupId: row.group_id ?? undefined,
        sentAt: row.sent_at,
        receiveCount: row.receive_count,
        firstReceivedAt: row.first_received_at ?? undefined,
      },
    }));
  }

  /** Resolves when what was written in this turn of the event loop is on disk; undefined: nothing was. */
  get committed(): Promise<void> | undefined {
    return this.#transactions.committed;
  }

  async close(): Promise<void> {
    await this.committed;
    this.#database.close();
  }

  #write(statement: StatementSync, ...parameters: SQLInputValue[]): void {
    // Who answers a call waits for `committed`, which fails with it.
    this.#transactions.run(() => statement.run(...parameters)).catch(() => {});
  }
}
