import { replaceExact, toDouble } from '../core/json/exact-number.ts';
import { normalize } from '../core/json-schema/decimals.ts';
import type { JsonSchema } from '../core/task-types/json-schemas.ts';

const deepest = 12;

/**
 * A small value that satisfies a JSON Schema, the same for the same `pick`. Knows what schemas of answers
 * use; a `pattern`, `not` or conditional is not honoured.
 *
 * @param pick chooses among n: 0 ≤ pick(n) < n
 */
export function generateFromSchema(schema: JsonSchema, pick: (n: number) => number): unknown {
  const exact = replaceExact(schema, normalize) as JsonSchema;
  return generate(exact, exact, pick, 0, 'value');
}

type Pick = (n: number) => number;

function generate(node: unknown, root: JsonSchema, pick: Pick, depth: number, name: string): unknown {
  if (typeof node !== 'object' || node === null || depth > deepest) return null;
  const schema = resolve(node as JsonSchema, root);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[pick(schema.enum.length)];
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return generate(choices[0], root, pick, depth + 1, name);
  switch (typeOf(schema)) {
    case 'object':
      return generateObject(schema, root, pick, depth);
    case 'array':
      return generateArray(schema, root, pick, depth, name);
    case 'integer':
      return Math.ceil(inRange(schema, pick));
    case 'number':
      return inRange(schema, pick);
    case 'boolean':
      return pick(2) === 1;
    case 'null':
      return null;
    default:
      return generateString(schema, name);
  }
}

/** Local references followed, members of allOf laid over one another. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema.$ref;
  if (typeof reference === 'string' && reference.startsWith('#/')) {
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((node, key) => (node as JsonSchema | undefined)?.[key], root);
    return { ...(target as JsonSchema), ...schema, $ref: undefined };
  }
  if (!Array.isArray(schema.allOf)) return schema;
  const parts = (schema.allOf as JsonSchema[]).map((part) => resolve(part, root));
  const all = [schema, ...parts];
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map((part) => part.properties)),
    required: all.flatMap((part) => (part.required as string[] | undefined) ?? []),
  };
}

function typeOf(schema: JsonSchema): string {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return String(type.find((name) => name !== 'null') ?? 'null');
  if (schema.properties || schema.required) return 'object';
  return schema.items ? 'array' : 'string';
}

function generateObject(schema: JsonSchema, root: JsonSchema, pick: Pick, depth: number): unknown {
  const properties = (schema.properties ?? {}) as Record<string, unknown>;
  const required = (schema.required ?? []) as string[];
  const names = new Set([...Object.keys(properties), ...required]);
  return Object.fromEntries(
    [...names]
      // Below a few levels only what must be there, so that a schema that holds itself comes to an end.
      .filter((name) => depth < 4 || required.includes(name))
      .map((name) => [name, generate(properties[name] ?? {}, root, pick, depth + 1, name)]),
  );
}

function generateArray(
  schema: JsonSchema,
  root: JsonSchema,
  pick: Pick,
  depth: number,
  name: string,
): unknown {
  const least = Number(schema.minItems ?? 0);
  const most = Number(schema.maxItems ?? Math.max(least, 2));
  const length = depth >= 4 ? least : Math.min(most, Math.max(least, 1 + pick(2)));
  return Array.from({ length }, (_, index) => {
    const item = generate(schema.items ?? {}, root, pick, depth + 1, name);
    return schema.uniqueItems && typeof item === 'string' ? `${item} ${index + 1}` : item;
  });
}

function inRange(schema: JsonSchema, pick: Pick): number {
  const low = Number(toDouble(schema.minimum ?? schema.exclusiveMinimum ?? 0));
  const high = Number(toDouble(schema.maximum ?? schema.exclusiveMaximum ?? low + 100));
  const step = Number(toDouble(schema.multipleOf ?? 0));
  const value = low + ((high - low) * (1 + pick(99))) / 100;
  return step > 0 ? Math.ceil(low / step) * step : Math.round(value * 100) / 100;
}

const samples: Record<string, string> = {
  date: '2026-01-15',
  'date-time': '2026-01-15T10:30:00Z',
  time: '10:30:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
};

function generateString(schema: JsonSchema, name: string): string {
  const sample = samples[String(schema.format)];
  if (sample) return sample;
  if (/language/.test(name)) return 'en';
  const text = `simulated ${name.replaceAll('_', ' ')}`;
  const least = Number(schema.minLength ?? 0);
  const most = Number(schema.maxLength ?? Number.POSITIVE_INFINITY);
  return text.padEnd(least, '.').slice(0, most);
}
