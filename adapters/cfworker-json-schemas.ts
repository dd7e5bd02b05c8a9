import { type OutputUnit, Validator } from '@cfworker/json-schema';
import { jsonrepair } from 'jsonrepair';
import type { FieldFault } from '../core/service-error.ts';
import type { JsonSchema, JsonSchemas } from '../core/task-types/json-schemas.ts';
import { metaSchema } from './json-schema-meta.ts';

const largestSchema = 32_768;
const mostFaults = 10;

/** JSON Schema by @cfworker/json-schema: no code is made from a caller's schema. */
export function createCfworkerJsonSchemas(): JsonSchemas {
  const meta = new Validator(metaSchema as JsonSchema, '2020-12', false);
  return {
    check(schema) {
      if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
        return [{ pointer: '', detail: 'is not a JSON Schema: an object is' }];
      if (JSON.stringify(schema).length > largestSchema)
        return [{ pointer: '', detail: `is longer than ${largestSchema} characters` }];
      const verdict = meta.validate(schema);
      if (!verdict.valid) return toFaults(verdict.errors);
      const patterns = checkPatterns(schema, '').slice(0, mostFaults);
      return patterns.length > 0 ? patterns : tryOut(schema as JsonSchema);
    },
    validate: (schema, value) => validate(schema, value),
    parse: parseAnswer,
  };
}

function validate(schema: JsonSchema, value: unknown): FieldFault[] {
  try {
    const verdict = new Validator(schema, '2020-12', false).validate(value);
    return verdict.valid ? [] : toFaults(verdict.errors);
  } catch (cause) {
    // A $ref that leads nowhere or to itself.
    return [
      { pointer: '', detail: `cannot be checked: ${cause instanceof Error ? cause.message : 'unknown'}` },
    ];
  }
}

/** Finds references that lead nowhere or round in a circle, which only show when a value is checked. */
function tryOut(schema: JsonSchema): FieldFault[] {
  for (const probe of [{}, [], '', 0, null, true]) {
    try {
      new Validator(schema, '2020-12', false).validate(probe);
    } catch (cause) {
      const detail =
        cause instanceof RangeError ? 'refers to itself without end' : 'has a $ref that leads nowhere';
      return [{ pointer: '', detail }];
    }
  }
  return [];
}

/** A repeated group that repeats inside, such as (a+)+, can take a regular expression forever. */
const repeatsInsideRepeat = /\([^()]*[+*}][^()]*\)[+*{]/;

function checkPatterns(node: unknown, pointer: string): FieldFault[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, member]) => {
    const here = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const patterns =
      key === 'pattern' && typeof member === 'string'
        ? [member]
        : key === 'patternProperties' && typeof member === 'object' && member !== null
          ? Object.keys(member)
          : [];
    const bad = patterns.find(
      (pattern) => repeatsInsideRepeat.test(pattern) || !isRegularExpression(pattern),
    );
    const fault =
      bad === undefined ? [] : [{ pointer: here, detail: 'is no regular expression that is safe to run' }];
    return [...fault, ...checkPatterns(member, here)];
  });
}

function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** The innermost faults, one a place: the outer ones only say that something inside them is wrong. */
function toFaults(errors: OutputUnit[]): FieldFault[] {
  const outer = new Set(['properties', 'items', '$ref', 'allOf', 'additionalItems', 'prefixItems']);
  const inner = errors.filter((error) => !outer.has(error.keyword));
  const seen = new Set<string>();
  const faults: FieldFault[] = [];
  for (const { instanceLocation, error } of inner.length > 0 ? inner : errors) {
    const pointer = decodeURI(instanceLocation.replace(/^#/, ''));
    if (seen.has(pointer) || faults.length >= mostFaults) continue;
    seen.add(pointer);
    faults.push({ pointer, detail: error === 'False boolean schema.' ? 'is not in the schema' : error });
  }
  return faults;
}

function parseAnswer(text: string): { value: unknown } | undefined {
  const answer = text.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  const fenced = /```(?:json)?\s*\n?([\s\S]*?)```/i.exec(answer)?.[1]?.trim();
  const start = answer.search(/[[{]/);
  const candidates = [answer, fenced, start > 0 ? answer.slice(start) : undefined];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const exact = tryParse(candidate);
    if (exact) return exact;
  }
  // Mending is for what looks like JSON: any sentence could be mended into a string.
  const broken = fenced ?? (start >= 0 ? answer.slice(start) : '');
  if (!/^[[{]/.test(broken)) return undefined;
  try {
    return tryParse(jsonrepair(broken));
  } catch {
    return undefined;
  }
}

function tryParse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
