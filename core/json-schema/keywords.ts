import { isExactNumber } from '../json/exact-number.ts';
import { compareNumbers } from './decimals.ts';
import type { JsonType } from './json-value.ts';
import { isObject } from './json-value.ts';

/** Where a keyword of draft 2020-12 has schemas inside. */
export type Inside = 'schema' | 'list' | 'map';

interface Keyword {
  /** What is wrong with its value; undefined: nothing. */
  fault?: (value: unknown) => string | undefined;
  inside?: Inside;
  /** Its schemas look at the same value as the schema around them, so that a circle of them never ends. */
  inPlace?: true;
}

const typeNames = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

const must =
  (words: string, isRight: (value: unknown) => boolean) =>
  (value: unknown): string | undefined =>
    isRight(value) ? undefined : `must be ${words}`;

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isText = (value: unknown) => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isNumber = isExactNumber;
const isFlag = (value: unknown) => typeof value === 'boolean';

const text = { fault: must('a string', isText) };
const flag = { fault: must('true or false', isFlag) };
const count = { fault: must('a whole number from 0', isCount) };
const number = { fault: must('a number', isNumber) };
const names = { fault: must('a list of strings', isTexts) };
const map = { fault: must('an object whose members are schemas', isObject), inside: 'map' } as const;
const list = {
  fault: must('a list of schemas, at least one', (value) => Array.isArray(value) && value.length > 0),
  inside: 'list',
} as const;
const schema = { inside: 'schema' } as const;

const instead = (words: string) => ({ fault: () => `is not checked by draft 2020-12: ${words}` });

function typeFault(value: unknown): string | undefined {
  const listed = Array.isArray(value) ? value : [value];
  const unknown = listed.find((name) => !typeNames.includes(name as JsonType));
  if (unknown !== undefined || listed.length === 0)
    return `must be one of ${typeNames.join(', ')}, or a list of them`;
  return new Set(listed).size < listed.length ? 'names a type twice' : undefined;
}

/**
 * The keywords of JSON Schema, draft 2020-12 (json-schema.org/draft/2020-12/json-schema-core and
 * json-schema-validation), and what their values may be. All others are ignored, as the specification says.
 */
export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>(
  Object.entries({
    $id: text,
    $schema: text,
    $ref: text,
    $anchor: text,
    $dynamicAnchor: text,
    $dynamicRef: { fault: () => 'is not supported: write $ref' },
    $recursiveRef: instead('write $ref'),
    $comment: text,
    $defs: map,
    type: { fault: typeFault },
    enum: { fault: must('a list', Array.isArray) },
    multipleOf: {
      fault: must('a number above 0', (value) => isNumber(value) && compareNumbers(value, 0) > 0),
    },
    maximum: number,
    exclusiveMaximum: number,
    minimum: number,
    exclusiveMinimum: number,
    maxLength: count,
    minLength: count,
    pattern: text,
    maxItems: count,
    minItems: count,
    uniqueItems: flag,
    maxContains: count,
    minContains: count,
    maxProperties: count,
    minProperties: count,
    required: names,
    dependentRequired: {
      fault: must(
        'an object whose members are lists of strings',
        (value) => isObject(value) && Object.values(value).every(isTexts),
      ),
    },
    dependencies: instead('write dependentRequired or dependentSchemas'),
    allOf: { ...list, inPlace: true },
    anyOf: { ...list, inPlace: true },
    oneOf: { ...list, inPlace: true },
    not: { ...schema, inPlace: true },
    if: { ...schema, inPlace: true },
    // biome-ignore lint/suspicious/noThenProperty: the keyword's name in JSON Schema
    then: { ...schema, inPlace: true },
    else: { ...schema, inPlace: true },
    dependentSchemas: { ...map, inPlace: true },
    prefixItems: list,
    items: {
      inside: 'schema',
      fault: (value) =>
        Array.isArray(value) ? 'must be one schema: write prefixItems for a list of them' : undefined,
    },
    contains: schema,
    properties: map,
    patternProperties: map,
    additionalProperties: schema,
    propertyNames: schema,
    unevaluatedItems: schema,
    unevaluatedProperties: schema,
    format: text,
    contentEncoding: text,
    contentMediaType: text,
    title: text,
    description: text,
    deprecated: flag,
    readOnly: flag,
    writeOnly: flag,
    examples: { fault: must('a list', Array.isArray) },
  } satisfies Record<string, Keyword>),
);

/** Dialects whose schemas are read as draft 2020-12; what it does not know of theirs is named above. */
const dialects =
  /^https?:\/\/json-schema\.org\/(draft\/(2020-12|2019-09)|draft-0[67])\/schema#?$|^https?:\/\/json-schema\.org\/schema#?$/;

export function isKnownDialect(uri: string): boolean {
  return dialects.test(uri);
}
