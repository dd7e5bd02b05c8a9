import * as z from 'zod';
import { readJson } from '../core/json/read-json.ts';

/**
 * Reads a row, or a message, by the schema that it is written by. Attributes that the schema does not know
 * are left out: a newer version may have written them.
 *
 * Throws a TypeError that names the kind and the attributes at fault. It holds no value, and no zod error as
 * its cause, because both may quote a prompt or a result.
 */
export function parseItem<T extends z.ZodType>(kind: string, schema: T, item: unknown): z.output<T> {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new TypeError(`${kind} cannot be read: ${describe(parsed.error.issues)}`);
}

/** Below the attribute a path may hold a caller's own words, such as a member of `metadata`. */
function describe(issues: z.core.$ZodIssue[]): string {
  const faults = issues.map(({ path: [attribute], message }) =>
    attribute === undefined ? message : `${String(attribute)}: ${message}`,
  );
  return [...new Set(faults)].join('; ');
}

/** A schema for each member of T. With `satisfies` a forgotten one, which would be lost, is a type error. */
export type Members<T> = { [Name in keyof T]-?: z.ZodType<T[Name]> };

/** JSON text in an attribute, or of a message; read by the schema of what it holds, numbers as they are written. */
export function jsonText<T extends z.ZodType>(schema: T) {
  const parse = (text: string, context: z.RefinementCtx) => {
    try {
      return readJson(text);
    } catch {
      context.addIssue('is not JSON');
      return z.NEVER;
    }
  };
  return z.string().transform(parse).pipe(schema);
}

/** A counter of a row. One that is no number counts as nothing, and takes no other with it. */
export const counter = z.number().default(0).catch(0);

/** The counters of all attributes whose names begin so, by the rest of the name; without those that are no numbers. */
export function parseNumbers(prefix: string, item: object): Record<string, number> {
  const numbers = Object.entries(item).filter(
    (entry): entry is [string, number] => entry[0].startsWith(prefix) && typeof entry[1] === 'number',
  );
  return Object.fromEntries(numbers.map(([name, number]) => [name.slice(prefix.length), number]));
}
