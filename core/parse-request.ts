import type * as z from 'zod';
import { replaceExact, toDouble } from './json/exact-number.ts';
import { type FieldFault, ServiceError } from './service-error.ts';

/** A JSON Pointer (RFC 6901) of a path; `''` for the whole. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The faults that zod found, one for each field. */
function toFaults(error: z.ZodError, at = ''): FieldFault[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        pointer: at + toPointer([...issue.path, key]),
        detail: 'is not a known field',
      }));
    return [{ pointer: at + toPointer(issue.path), detail: describe(issue) }];
  });
}

function describe(issue: z.core.$ZodIssue): string {
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return missing ? 'is required' : issue.message;
}

/** An answer is not to be larger than what it refuses. */
const mostFaults = 50;
const longestPointer = 200;
const longestDetail = 300;

const shorten = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** @param most faults that are told, the first ones; how many there are is said in any case */
export function invalidRequest(faults: FieldFault[], most = mostFaults): ServiceError {
  const told = faults.slice(0, most).map(({ pointer, detail }) => ({
    pointer: shorten(pointer, longestPointer),
    detail: shorten(detail, longestDetail),
  }));
  const [first] = told;
  const where = first?.pointer ? `${first.pointer}: ` : '';
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const message = `${where}${first?.detail ?? 'is not valid'}${more}`;
  return new ServiceError('invalid_request', message, { faults: told });
}

/**
 * Parses what came from outside; throws `invalid_request`, which names every field at fault.
 *
 * @param at JSON Pointer of `value` where it is a part of the request's body
 */
export function parseRequest<T extends z.ZodType>(schema: T, value: unknown, at = ''): z.output<T> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  // Of a number that is kept as it was written, zod would say that it is an object.
  const plain = schema.safeParse(replaceExact(value, toDouble), { reportInput: true });
  throw invalidRequest(toFaults((plain.success ? parsed : plain).error, at));
}
