import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** What to add, by attribute. */
export type Amounts<Row> = Partial<Record<keyof Row, number>>;

/**
 * One UpdateItem that adds. Amounts of 0, and what DynamoDB takes for no number, are left out, and a row that only has such
 * is not written. Where the row has an attribute that nothing can be added to, each amount is written by itself, and
 * takes the place of what is no number.
 *
 * @param once attributes that keep their first value
 */
export async function addAmounts<Row extends object>(
  table: DynamoTable,
  key: ItemKey,
  amounts: Record<string, number>,
  set: Partial<Row> = {},
  once: Record<string, number> = {},
): Promise<void> {
  const changed = Object.entries(amounts).filter(([, amount]) => amount !== 0 && isWritable(amount));
  if (changed.length === 0) return;
  try {
    await addAll(table, key, changed, set, once);
  } catch (error) {
    if (!isInvalid(error)) throw error;
    for (const [name, amount] of changed) await addOrReplace(table, key, name, amount);
    await setAll(table, key, set, once);
  }
}

/** DynamoDB's numbers: 38 digits, down to 1e-130; above the exact ones the SDK refuses to write them. */
function isWritable(amount: unknown): boolean {
  if (typeof amount !== 'number') return false;
  return Math.abs(amount) <= Number.MAX_SAFE_INTEGER && Math.abs(amount) > 1e-15;
}

const isInvalid = (error: unknown) => (error as Error).name === 'ValidationException';

async function addAll<Row extends object>(
  table: DynamoTable,
  key: ItemKey,
  amounts: [name: string, amount: number][],
  set: Partial<Row>,
  once: Record<string, number>,
): Promise<void> {
  await table.update<Item>({
    key,
    set: { ...set },
    setTo: Object.fromEntries(Object.keys(once).map((name) => [name, `if_not_exists(#${name}, :${name})`])),
    // By number: attribute names may hold what an expression may not.
    add: Object.fromEntries(amounts.map(([, amount], index) => [`n${index}`, amount])),
    names: Object.fromEntries(amounts.map(([name], index) => [`n${index}`, name])),
    values: once,
  });
}

async function addOrReplace(table: DynamoTable, key: ItemKey, name: string, amount: number): Promise<void> {
  const names = { n0: name };
  await table.update<Item>({ key, add: { n0: amount }, names }).catch(async (error: unknown) => {
    if (!isInvalid(error)) throw error;
    await table.update<Item>({ key, set: { n0: amount }, names });
  });
}

async function setAll<Row extends object>(
  table: DynamoTable,
  key: ItemKey,
  set: Partial<Row>,
  once: Record<string, number>,
): Promise<void> {
  if (Object.values({ ...set, ...once }).some((value) => value !== undefined))
    await addAll(table, key, [], set, once);
}
