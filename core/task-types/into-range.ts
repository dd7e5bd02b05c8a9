import { toDouble } from '../json/exact-number.ts';
import type { JsonSchema } from './json-schemas.ts';

/** A number that stands in a text, per cent or not; undefined: it holds something else. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const [, digits, sign] = /^\s*([+-]?\d{1,15}(?:\.\d{1,15})?)\s*(%?)\s*$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  return sign === '%' ? toShare(Number(digits)) : Number(digits);
}

/**
 * The number that was meant by one out of its range: above 10 and up to 100 where the range ends at 1 it is per cent, else
 * the nearest end of the range. Undefined where the range has no such end, or it is no whole number where one is asked for.
 */
export function intoRange(schema: JsonSchema, value: number): number | undefined {
  const minimum = toDouble(schema.minimum);
  const maximum = toDouble(schema.maximum);
  if (schema.type === 'integer' && !Number.isInteger(value)) return undefined;
  if ('exclusiveMinimum' in schema || 'exclusiveMaximum' in schema || 'multipleOf' in schema) return value;
  if (typeof maximum === 'number' && value > maximum)
    return maximum === 1 && value > 10 && value <= 100 ? toShare(value) : maximum;
  return typeof minimum === 'number' && value < minimum ? minimum : value;
}

/** Of a hundred, without the rounding errors of floating point. */
function toShare(perCent: number): number {
  return Number((perCent / 100).toPrecision(15));
}
