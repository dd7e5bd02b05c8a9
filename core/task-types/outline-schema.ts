import { isExactNumber, numberText, toDouble } from '../json/exact-number.ts';
import type { JsonSchema } from './json-schemas.ts';

/**
 * A schema in the words that a model reads best: its form, with ranges, lengths and names. It is a fraction of the
 * schema's own text, and small models follow it where they copy or ignore the keywords. Undefined: the schema says what an
 * outline cannot, and must be shown itself.
 */
export function outlineSchema(schema: unknown): string | undefined {
  return isTold(schema, 0) ? new Outline().write(schema, true, '') : undefined;
}

/** A number of a schema as it is written. */
const show = (rule: unknown) => (isExactNumber(rule) ? numberText(rule) : String(rule));

type Writer = (schema: JsonSchema) => string;

/** By keyword, in the order in which they are told. */
const bounds: Record<string, (rule: unknown) => string> = {
  exclusiveMinimum: (rule) => `above ${show(rule)}`,
  exclusiveMaximum: (rule) => `below ${show(rule)}`,
  multipleOf: (rule) => `a multiple of ${show(rule)}`,
  format: (rule) => `a ${rule}`,
  pattern: (rule) => `matching /${rule}/`,
};

const told = new Set([
  ...Object.keys(bounds),
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const', 'anyOf'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems'],
  // They say nothing of what is valid.
  ...['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples'],
]);

const deepest = 8;

function isTold(node: unknown, depth: number): boolean {
  if (node === true) return true;
  if (typeof node !== 'object' || node === null || depth > deepest) return false;
  const schema = node as JsonSchema;
  if (Object.keys(schema).some((keyword) => !told.has(keyword))) return false;
  const { properties = {}, anyOf = [], items, additionalProperties } = schema;
  const inside = [...Object.values(properties as JsonSchema), ...(anyOf as unknown[])];
  if (items !== undefined) inside.push(items);
  if (typeof additionalProperties === 'object') inside.push(additionalProperties);
  return inside.every((each) => isTold(each, depth + 1));
}

class Outline {
  /** Of long lists of values, where they stand first: they are told once. */
  readonly #lists = new Map<string, string>();

  write(node: unknown, isTop: boolean, name: string): string {
    if (node === true) return 'any JSON value';
    const schema = node as JsonSchema;
    const { description } = schema;
    const form = this.#form(schema, isTop, name);
    return typeof description === 'string' && !isTop ? `${form} (${description})` : form;
  }

  #form(schema: JsonSchema, isTop: boolean, name: string): string {
    if ('const' in schema) return JSON.stringify(schema.const);
    if (Array.isArray(schema.enum)) return this.#values(schema.enum, name);
    if (Array.isArray(schema.anyOf))
      return schema.anyOf.map((each) => this.write(each, false, name)).join(' | ');
    const types = schema.type === undefined ? guessTypes(schema) : [schema.type].flat().map(String);
    if (types.length === 0) return 'any JSON value';
    if (['string', 'number', 'boolean', 'null'].every((type) => types.includes(type)))
      return 'any single value';
    const writers: Record<string, Writer> = {
      object: () => this.#object(schema, isTop),
      array: () => this.#list(schema, name),
      string: () => `string${inBrackets([lengthOf(schema), ...boundsOf(schema)])}`,
      number: () => ['number', rangeOf(schema), ...boundsOf(schema)].filter(Boolean).join(' '),
      integer: () => ['whole number', rangeOf(schema), ...boundsOf(schema)].filter(Boolean).join(' '),
      boolean: () => 'true | false',
      null: () => 'null',
    };
    return types.map((type) => writers[type]?.(schema) ?? type).join(' | ');
  }

  #values(values: unknown[], name: string): string {
    const text = values.map((value) => JSON.stringify(value)).join(' | ');
    const names = JSON.stringify(values.filter((value) => value !== null));
    const first = this.#lists.get(names);
    if (first !== undefined && text.length > 60) return `one of the values of "${first}"`;
    this.#lists.set(names, name);
    return text;
  }

  #object(schema: JsonSchema, isTop: boolean): string {
    const properties = Object.entries((schema.properties ?? {}) as JsonSchema);
    const required = (schema.required ?? []) as string[];
    const { additionalProperties } = schema;
    const lines = properties.map(([name, each]) => {
      const mark = required.includes(name) ? '' : ' (may be left out)';
      return `${JSON.stringify(name)}${mark}: ${this.write(each, false, name)}`;
    });
    if (typeof additionalProperties === 'object')
      lines.push(`any other name: ${this.write(additionalProperties, false, '')}`);
    if (lines.length === 0) return 'object';
    return isTop ? `{\n  ${lines.join(',\n  ')}\n}` : `{${lines.join(', ')}}`;
  }

  #list(schema: JsonSchema, name: string): string {
    const { items = true, minItems, maxItems, uniqueItems } = schema;
    const item = this.write(items, false, name);
    const count = between(minItems, maxItems);
    const notes = [count && `${count} items`, uniqueItems === true && 'none twice'];
    return toDouble(maxItems) === 0 ? '[]' : `[${item}, …]${inBrackets(notes)}`;
  }
}

/** What a schema without `type` means in all likelihood. */
function guessTypes(schema: JsonSchema): string[] {
  if ('properties' in schema) return ['object'];
  return 'items' in schema ? ['array'] : [];
}

function rangeOf({ minimum, maximum }: JsonSchema): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `from ${show(minimum)} to ${show(maximum)}`;
  return between(minimum, maximum);
}

function lengthOf({ minLength, maxLength }: JsonSchema): string | undefined {
  const least = toDouble(minLength) === 1 ? undefined : minLength;
  const count = between(least, maxLength);
  if (count === undefined) return toDouble(minLength) === 1 ? 'not empty' : undefined;
  return `${count} characters`;
}

function between(least: unknown, most: unknown): string | undefined {
  if (least !== undefined && most !== undefined)
    return show(least) === show(most) ? `exactly ${show(least)}` : `${show(least)} to ${show(most)}`;
  if (most !== undefined) return `at most ${show(most)}`;
  return least === undefined ? undefined : `at least ${show(least)}`;
}

function boundsOf(schema: JsonSchema): string[] {
  return Object.entries(bounds)
    .filter(([keyword]) => schema[keyword] !== undefined)
    .map(([keyword, words]) => words(schema[keyword]));
}

function inBrackets(notes: (string | false | undefined)[]): string {
  const said = notes.filter(Boolean);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}
