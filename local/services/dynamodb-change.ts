// A change of an item, and who takes part in it.
import type { Operation } from './database.ts';
import type { Item } from './dynamodb-store.ts';

export interface Change {
  readonly keys: Item;
  /** Undefined: the item is new. */
  readonly oldItem: Item | undefined;
  /** Undefined: the item is deleted. */
  readonly newItem: Item | undefined;
  /** Deleted because its TTL attribute is past. */
  readonly expired: boolean;
}

/** Takes part in the writes of a table. */
export interface ChangeListener {
  /** Called before the write: `operations` join its batch, `committed` is called when the batch is on disk. */
  prepare(change: Change): { operations: Operation[]; committed: () => void };
}
