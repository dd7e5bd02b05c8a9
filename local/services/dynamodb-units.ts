// What DynamoDB bills on demand, by the sizes of items:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html and, for indexes,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
// Sizes are as dynalite reckons them, which counts characters: text beyond ASCII comes out too small.
import type { Value } from '../template/cloud-assembly.ts';
import { dynaliteDb, type Item } from './dynamodb-store.ts';
import { isAlike } from './dynamodb-table.ts';

/** Of one call. */
export interface Units {
  /** 4 KB each, or 8 KB where the read need not be consistent. */
  read: number;
  /** 1 KB each. */
  write: number;
  /** By how much the table and its indexes have grown, with what each item and entry takes beside its attributes. */
  storedBytes: number;
}

/** Beside the attributes of an item and of an index entry, as storage is billed. */
const overheadBytes = 100;

export const noUnits = (): Units => ({ read: 0, write: 0, storedBytes: 0 });

/** @param times 2 in a transaction, which prepares each write and then commits it; index entries follow afterwards */
export function addWrite(
  units: Units,
  description: Value,
  oldItem: Item | undefined,
  newItem: Item | undefined,
  times = 1,
): void {
  units.write += times * Math.max(writeUnits(oldItem), writeUnits(newItem));
  units.storedBytes += storedBytes(newItem) - storedBytes(oldItem);
  for (const index of description.GlobalSecondaryIndexes ?? []) {
    const before = entryOf(index, description, oldItem);
    const after = entryOf(index, description, newItem);
    if (isAlike(before, after)) continue;
    units.storedBytes += storedBytes(after) - storedBytes(before);
    const keys: string[] = index.KeySchema.map(({ AttributeName }: Value) => AttributeName);
    const moves = !before || !after || keys.some((name) => !isAlike(before[name], after[name]));
    units.write += moves
      ? (before ? writeUnits(before) : 0) + (after ? writeUnits(after) : 0)
      : Math.max(writeUnits(before), writeUnits(after));
  }
}

/** A write that its condition refuses is billed by the item that is there. */
export function addRefusal(units: Units, existing: Item | undefined, times = 1): void {
  units.write += times * writeUnits(existing);
}

/** @param consumed dynalite's ConsumedCapacity, of a table or of several: it knows what was read and filtered out */
export function addRead(units: Units, consumed: Value, isConsistent: boolean): void {
  const least = isConsistent ? 1 : 0.5;
  for (const { CapacityUnits = 0 } of [consumed ?? []].flat()) units.read += Math.max(CapacityUnits, least);
}

/** At least one: what deletes nothing is billed too. */
const writeUnits = (item: Item | undefined): number =>
  item ? Math.max(1, Math.ceil(dynaliteDb.itemSize(item) / 1024)) : 1;

const storedBytes = (item: Item | undefined): number =>
  item ? dynaliteDb.itemSize(item) + overheadBytes : 0;

/** What an index keeps of an item; undefined where a key of the index is missing. */
function entryOf(index: Value, description: Value, item: Item | undefined): Item | undefined {
  const names = ({ KeySchema }: Value): string[] =>
    KeySchema.map(({ AttributeName }: Value) => AttributeName);
  if (!item || names(index).some((name) => item[name] === undefined)) return undefined;
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  const some = [...names(index), ...names(description), ...NonKeyAttributes];
  const kept = new Set(ProjectionType === 'ALL' ? Object.keys(item).toSorted() : some);
  return Object.fromEntries([...kept].flatMap((name) => (name in item ? [[name, item[name]]] : [])));
}
