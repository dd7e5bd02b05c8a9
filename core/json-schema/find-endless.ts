import type { FieldFault } from '../service-error.ts';
import { appendPointer, isObject, type JsonObject } from './json-value.ts';
import { keywords } from './keywords.ts';
import { type SchemaDocument, schemasInside } from './schema-document.ts';

/** Schemas that one value may be held against at one place, references followed. Real schemas have some dozens. */
const mostExpanded = 10_000;

/**
 * References by which a schema is held against one value without end, or so often that it would take as long: each
 * level of `{"allOf": [{"$ref": "#/$defs/b"}, {"$ref": "#/$defs/b"}]}` doubles it.
 */
export function findEndless({ root, targets }: Pick<SchemaDocument, 'root' | 'targets'>): FieldFault[] {
  const faults: FieldFault[] = [];
  /** How many schemas a schema expands to; 0 while it is being looked at. */
  const sizes = new Map<JsonObject, number>();

  function expand(schema: unknown, pointer: string): number {
    if (!isObject(schema)) return 1;
    const known = sizes.get(schema);
    if (known === 0) faults.push({ pointer, detail: 'refers to itself without end' });
    if (known !== undefined) return Math.max(known, 1);
    sizes.set(schema, 0);
    let size = 1;
    const elsewhere: [unknown, string][] = [];
    for (const [name, value] of Object.entries(schema)) {
      const keyword = keywords.get(name);
      const here = appendPointer(pointer, name);
      if (name === '$ref') size += expand(targets.get(schema), here);
      const inner = schemasInside(keyword?.inside, value, here);
      if (keyword?.inPlace) for (const [each, place] of inner) size += expand(each, place);
      else elsewhere.push(...inner);
    }
    if (size > mostExpanded && faults.length === 0)
      faults.push({ pointer, detail: `expands to more than ${mostExpanded} schemas` });
    sizes.set(schema, size);
    later.push(...elsewhere);
    return size;
  }

  const later: [unknown, string][] = [[root, '']];
  for (const [schema, pointer] of later) if (faults.length === 0) expand(schema, pointer);
  return faults;
}
