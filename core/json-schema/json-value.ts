import { isExactNumber } from '../json/exact-number.ts';
import { toPointer } from '../parse-request.ts';

export type JsonType = 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string';
export type JsonObject = Record<string, unknown>;

export function jsonTypeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (isExactNumber(value)) return 'number';
  return Array.isArray(value) ? 'array' : (typeof value as JsonType);
}

export const isObject = (value: unknown): value is JsonObject => jsonTypeOf(value) === 'object';

/** Own members only: `__proto__` and `constructor` are names like any other. */
export const hasMember = (object: JsonObject, name: string): boolean => Object.hasOwn(object, name);

/** A JSON Pointer (RFC 6901) one step further. */
export function appendPointer(pointer: string, key: string | number): string {
  return pointer + toPointer([key]);
}

/** The names of a pointer's steps. */
export function splitPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Unicode code points, as JSON Schema counts the length of a string. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
