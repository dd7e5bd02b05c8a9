import { isExactNumber, toDouble } from '../json/exact-number.ts';
import { splitPointer } from '../json-schema/json-value.ts';
import type { FieldFault } from '../service-error.ts';
import { intoRange } from './into-range.ts';
import type { JsonSchema } from './json-schemas.ts';
import { outlineSchema } from './outline-schema.ts';
import { quoteJson } from './quote-json.ts';

/** An answer's faults as its model is told them: what it wrote there, what belongs there, an example where one is near. */
export function explainFaults(schema: JsonSchema, value: unknown, faults: readonly FieldFault[]): string {
  return faults.map((fault) => `- ${explain(schema, value, fault)}`).join('\n');
}

function explain(schema: JsonSchema, value: unknown, { pointer, detail }: FieldFault): string {
  const path = splitPointer(pointer);
  const part = schemaAt(schema, path);
  const place = pointer === '' ? 'The whole answer' : pointer;
  const written = path.length === 0 ? undefined : quoteJson(valueAt(value, path));
  const form = part && path.length > 0 ? outlineSchema(part) : undefined;
  return [
    `${place} ${detail}${written === undefined ? '' : `, but is ${written}`}`,
    form && `write ${form}`,
    part && exampleFor(part, valueAt(value, path)),
  ]
    .filter(Boolean)
    .join('; ');
}

/** The part of a schema that a place in its value is held against, as far as plain keywords lead to it. */
function schemaAt(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  let at: unknown = schema;
  for (const step of path) {
    const { properties, items } = (at ?? {}) as { properties?: Record<string, unknown>; items?: unknown };
    at =
      properties && Object.hasOwn(properties, step)
        ? properties[step]
        : /^\d+$/.test(step)
          ? items
          : undefined;
  }
  return typeof at === 'object' && at !== null ? (at as JsonSchema) : undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

function exampleFor(schema: JsonSchema, value: unknown): string | undefined {
  if (!isExactNumber(value)) return undefined;
  const number = Number(toDouble(value));
  const near = intoRange(schema, number);
  return near === undefined || near === number ? undefined : `for example ${near}`;
}
