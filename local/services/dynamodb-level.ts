// LevelDB under dynalite, without what dynalite and abstract-level do around each call.
import type { Value } from '../template/cloud-assembly.ts';
import type { Callback, LevelOperation, Store } from './dynamodb-store.ts';

/**
 * Reads at once, for a read takes some microseconds: what is read was mostly written just before. The answer comes as late as
 * that of a thread would: dynalite counts on it. Writes together what comes while one batch is being written: a batch costs
 * more than what is in it. What is returned resolves when everything handed in is on disk.
 */
export function quicken({ db }: Pick<Store, 'db'>): () => Promise<void> {
  const { get } = db;
  db.get = (key: string, callback?: Callback<Value>) => {
    if (!callback) return get(key);
    try {
      setImmediate(callback, null, db.getSync(key));
    } catch (error) {
      setImmediate(callback, error);
    }
  };
  const writes = new GroupedWrites((operations) => Object.getPrototypeOf(db).batch.call(db, operations));
  db.batch = (operations: LevelOperation[], callback?: Callback<void>) => {
    const written = writes.add(operations);
    if (!callback) return written;
    written.then(() => callback(null), callback);
  };
  return () => writes.add([]);
}

/** Batches that are written as one. Where that fails, each fails. */
class GroupedWrites {
  readonly #write: (operations: LevelOperation[]) => Promise<void>;
  #next: LevelOperation[] = [];
  /** Resolves when `#next` is written. */
  #planned: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(write: (operations: LevelOperation[]) => Promise<void>) {
    this.#write = write;
  }

  add(operations: readonly LevelOperation[]): Promise<void> {
    this.#next.push(...operations);
    this.#planned ??= this.#plan();
    return this.#planned;
  }

  async #plan(): Promise<void> {
    await this.#last;
    await new Promise((resolve) => setImmediate(resolve));
    const operations = this.#next;
    this.#next = [];
    const written = this.#write(operations);
    this.#last = written.catch(() => {});
    this.#planned = undefined;
    await written;
  }
}
