import type { JsonSchema } from '../ports/json-schemas.ts';

const deepest = 5;

/**
 * The shape of a schema's values as an example with placeholders: small models copy a shape more surely than they
 * read a schema. What it cannot show (a reference, a combination) stays `…`.
 */
export function outlineSchema(schema: JsonSchema): string {
  return JSON.stringify(outline(schema, 0));
}

function outline(node: unknown, depth: number): unknown {
  if (typeof node !== 'object' || node === null || depth > deepest) return '…';
  const schema = node as JsonSchema;
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => String(value)).join(' | ');
  if ('const' in schema) return schema.const;
  const type = [schema.type].flat()[0];
  if (type === 'object' || schema.properties) return outlineObject(schema, depth);
  if (type === 'array') return [outline(schema.items, depth + 1)];
  if (type === 'number' || type === 'integer') return schema.minimum ?? 0;
  return type === 'boolean' ? true : '…';
}

function outlineObject({ properties }: JsonSchema, depth: number): unknown {
  if (typeof properties !== 'object' || properties === null) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, outline(member, depth + 1)]),
  );
}
