import * as z from 'zod';

// Numbers as JSON writes them. RFC 8259 §6 bounds neither their size nor their digits, and a double holds about 16 of
// them: the id 9007199254740993 would become its neighbour's. A number that a double changes, or writes in another way
// (1.0, 1E3, -0), stays what it is: `JSON.rawJSON` of its text, an object that JSON.stringify writes as it came
// (https://tc39.es/proposal-json-parse-with-source/). Templates, `+` and Number() throw on one: use these functions.

declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

export type ExactNumber = number | { readonly rawJSON: string };

/** @param text a number of JSON */
export function toExactNumber(text: string): ExactNumber {
  const double = Number(text);
  return String(double) === text ? double : (JSON.rawJSON(text) as ExactNumber);
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === 'number' || JSON.isRawJSON(value);
}

/** Digits, point and exponent as they came. */
export function numberText(number: ExactNumber): string {
  return typeof number === 'number' ? String(number) : number.rawJSON;
}

/** The nearest double; what is no number stays as it is. */
export function toDouble(value: unknown): unknown {
  return JSON.isRawJSON(value) ? Number((value as { rawJSON: string }).rawJSON) : value;
}

/** A copy of a JSON value, with something else in place of each number that a double would write in another way. */
export function replaceExact(value: unknown, replace: (number: ExactNumber) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isExactNumber(value)) return replace(value);
  if (Array.isArray(value)) return value.map((member) => replaceExact(member, replace));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, replaceExact(member, replace)]),
  );
}

/** A number that the service itself reads, as a double, however it is written. */
export function asDouble<T extends z.ZodType>(schema: T) {
  return z.preprocess(toDouble, schema);
}
