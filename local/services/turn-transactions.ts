// One transaction of SQLite holds what is written in one turn of the event loop: a commit costs more than what is in it.
import type { DatabaseSync } from 'node:sqlite';

export class TurnTransactions {
  readonly #database: DatabaseSync;
  #committed: Promise<void> | undefined;
  /** Why nothing of this turn comes onto the disk. */
  #failure: unknown;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Resolves when what was written in this turn is on disk; undefined: nothing was. */
  get committed(): Promise<void> | undefined {
    return this.#committed;
  }

  /** Writes now, and resolves when it is on disk. Where a write fails, all of its turn do. */
  run(write: () => void): Promise<void> {
    this.#committed ??= this.#begin();
    if (this.#failure === undefined)
      try {
        write();
      } catch (error) {
        this.#failure = error;
        this.#rollBack();
      }
    return this.#committed;
  }

  #begin(): Promise<void> {
    this.#database.exec('BEGIN');
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        const failure = this.#failure;
        this.#committed = undefined;
        this.#failure = undefined;
        if (failure !== undefined) return reject(failure);
        try {
          this.#database.exec('COMMIT');
          resolve();
        } catch (error) {
          this.#rollBack();
          reject(error);
        }
      });
    });
  }

  /** SQLite may have done so by itself. */
  #rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }
}
