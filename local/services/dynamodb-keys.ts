// Keys of items in the database, as dynalite makes them. It looks the attributes up and asks for their types with every key.
import { hash } from 'node:crypto';
import type { Value } from '../template/cloud-assembly.ts';

/** Of dynalite: makes the key of an item of a table. */
type CreateKey = (item: Value, table: Value, keySchema?: Value) => string;

/** The same for tables whose keys are texts; of others, and of indexes, dynalite's own. */
export function createTextKeys(original: CreateKey): CreateKey {
  /** Names of a table's key attributes; undefined: not all are texts. */
  const known = new WeakMap<object, readonly string[] | undefined>();
  return (item, table, keySchema) => {
    if (keySchema) return original(item, table, keySchema);
    if (!known.has(table)) known.set(table, textKeys(table));
    const names = known.get(table);
    if (!names) return original(item, table);
    const [first = '', ...others] = names.map((name) => item[name].S);
    return [first, ...others].reduce((key, part) => `${key}${toHex(part)}/`, `${hashOf(first)}/`);
  };
}

function textKeys({ KeySchema, AttributeDefinitions }: Value): string[] | undefined {
  const names: string[] = KeySchema.map(({ AttributeName }: Value) => AttributeName);
  const isText = (name: string) =>
    AttributeDefinitions.some(
      ({ AttributeName, AttributeType }: Value) => AttributeName === name && AttributeType === 'S',
    );
  return names.every(isText) ? names : undefined;
}

const hashOf = (text: string) => hash('md5', `Outliers${text}`).slice(0, 6);
const toHex = (text: string) => Buffer.from(text).toString('hex');
