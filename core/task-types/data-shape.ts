import { isExactNumber } from '../json/exact-number.ts';
import type { JsonSchema } from './json-schemas.ts';

/** Characters of its JSON: a larger shape would cost more tokens than it saves. */
const largestShape = 2_000;
const shortestText = 80;
const longestText = 1_500;

/**
 * The schema of what data may become when it is cleaned: the same members, lists that are no longer, values of any kind.
 * Free where items differ in their members, and where all of it would be too long to be said. Bounds are those of the
 * longest text and list of all the data, so that equal parts have equal shapes.
 */
export function shapeOf(data: unknown): JsonSchema {
  const bounds = { text: shortestText, items: 0 };
  measure(data, bounds);
  const type = ['string', 'number', 'boolean', 'null'];
  const scalar = bounds.text > longestText ? { type } : { type, maxLength: bounds.text };
  const shape = write(data, scalar, bounds.items);
  return JSON.stringify(shape).length > largestShape ? {} : shape;
}

/** A number that is kept as it was written is an object here and none in JSON. */
const hasMembers = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !isExactNumber(value);

/** Values in the data, of which each can be changed once. */
export function countValues(data: unknown): number {
  if (!hasMembers(data)) return 1;
  return Object.values(data).reduce<number>((sum, member) => sum + countValues(member), 0);
}

function measure(value: unknown, bounds: { text: number; items: number }): void {
  if (typeof value === 'string') bounds.text = Math.max(bounds.text, 2 * value.length);
  if (Array.isArray(value)) bounds.items = Math.max(bounds.items, value.length);
  if (hasMembers(value)) for (const member of Object.values(value)) measure(member, bounds);
}

function write(value: unknown, scalar: JsonSchema, maxItems: number): JsonSchema {
  if (Array.isArray(value)) {
    const [first = {}, ...others] = value.map((item) => write(item, scalar, maxItems));
    const isSame = others.every((other) => JSON.stringify(other) === JSON.stringify(first));
    return { type: 'array', items: isSame ? first : {}, maxItems };
  }
  if (!hasMembers(value)) return scalar;
  const members = Object.entries(value).map(([name, member]) => [name, write(member, scalar, maxItems)]);
  return {
    type: 'object',
    properties: Object.fromEntries(members),
    required: Object.keys(value),
    additionalProperties: false,
  };
}
