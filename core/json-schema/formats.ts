import { fullFormats } from 'ajv-formats/dist/formats.js';
import { isObject } from './json-value.ts';

/** The formats of JSON Schema Validation §7.3, but for those of international names. */
const asserted = [
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'json-pointer',
  'regex',
  'relative-json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uri-template',
  'uuid',
] as const;

/** Longer than what any of them is written for; their regular expressions are not run on more. */
export const longestFormatted = 8_192;

/** Whether a text is of a format; one that is not known is said by any text. */
export function isOfFormat(name: string, text: string): boolean {
  const known = asserted.find((each) => each === name);
  if (known === undefined) return true;
  if (text.length > longestFormatted) return false;
  const format: unknown = fullFormats[known];
  if (format instanceof RegExp) return format.test(text);
  const check = isObject(format) ? format.validate : format;
  if (typeof check !== 'function') throw new Error(`There is no check of the format ${known}`);
  return check(text) === true;
}
