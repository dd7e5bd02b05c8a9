import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';

/** What to add, by attribute. */
export type Amounts<Row> = Partial<Record<keyof Row, number>>;

/**
 * One UpdateItem that adds. Amounts of 0 are left out, and a row that only has such is not written.
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
  const changed = Object.entries(amounts).filter(([, amount]) => amount !== 0);
  if (changed.length === 0) return;
  await table.update<Item>({
    key,
    set: { ...set },
    setTo: Object.fromEntries(Object.keys(once).map((name) => [name, `if_not_exists(#${name}, :${name})`])),
    // By number: attribute names may hold what an expression may not.
    add: Object.fromEntries(changed.map(([, amount], index) => [`n${index}`, amount])),
    names: Object.fromEntries(changed.map(([name], index) => [`n${index}`, name])),
    values: once,
  });
}
