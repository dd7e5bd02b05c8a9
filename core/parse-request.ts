import type * as z from 'zod';
import { replaceExact, toDouble } from './json/exact-number.ts';
import { type FieldFault, ServiceError } from './service-error.ts';

/** A JSON Pointer (RFC 6901) of a path; `''` for the whole. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The faults that zod found, one for each field. */
function toFaults(issues: readonly z.core.$ZodIssue[], at = ''): FieldFault[] {
  return issues.flatMap((issue) => {
    const inner = issue.code === 'invalid_union' ? fittingBranch(issue) : undefined;
    if (inner) return toFaults(inner, at + toPointer(issue.path));
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        pointer: at + toPointer([...issue.path, key]),
        detail: 'is not a known field',
      }));
    return [{ pointer: at + toPointer(issue.path), detail: describe(issue) }];
  });
}

/** Where one alone of the forms that a value may have is of its kind (a text, a list): what is wrong inside of that one. */
function fittingBranch({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const isOfKind = (issues: z.core.$ZodIssue[]) =>
    issues.every(
      ({ code, path }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value'),
    );
  const fitting = errors.filter(isOfKind);
  return fitting.length === 1 ? fitting[0] : undefined;
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
  throw invalidRequest(toFaults((plain.success ? parsed : plain).error.issues, at));
}
