import { canonicalJson } from '../json/canonical-json.ts';
import { type ExactNumber, isExactNumber, numberText, replaceExact } from '../json/exact-number.ts';
import type { Check } from './check.ts';
import { compareNumbers, isMultipleOf, isWhole, normalize } from './decimals.ts';
import { isOfFormat, longestFormatted } from './formats.ts';
import { countCodePoints, hasMember, isObject, jsonTypeOf } from './json-value.ts';
import type { Spend } from './pattern.ts';

/** A keyword that holds a value against something else than a schema. Its rule has the shape that `keywords.ts` asks for. */
interface Assertion<Rule> {
  holds: (rule: Rule, value: unknown, tools: Pick<Check, 'spend' | 'matches'>) => boolean;
  /** What is wrong where it does not hold; made only where it is told. */
  words: (rule: Rule, value: unknown) => string;
}

const longestQuote = 200;
function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

/** About what it takes to read a value once. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length / 64;
  if (typeof value !== 'object' || value === null) return 1;
  let size = 1;
  for (const member of Object.values(value)) size += sizeOf(member);
  return size;
}

/** The same of values that are equal: numbers by what they are, not by how they are written. */
const textOfEqual = (value: unknown) => canonicalJson(replaceExact(value, normalize));

/** Of the members of `enum`, read once a schema. */
const canonicalMembers = new WeakMap<unknown[], Set<string>>();

function isMember(list: unknown[], value: unknown): boolean {
  let texts = canonicalMembers.get(list);
  if (!texts) {
    texts = new Set(list.map(textOfEqual));
    canonicalMembers.set(list, texts);
  }
  return texts.has(textOfEqual(value));
}

const ofNumber = (
  holds: (value: ExactNumber, rule: ExactNumber) => boolean,
  words: (rule: string) => string,
): Assertion<ExactNumber> => ({
  holds(rule, value, { spend }) {
    if (!isExactNumber(value)) return true;
    // Division takes the square of the digits.
    const digits = typeof value === 'number' ? 0 : numberText(value).length;
    spend(digits / 16 + (digits / 1_000) ** 2);
    return holds(value, rule);
  },
  words: (rule) => words(numberText(rule)),
});

const ofLength = (
  holds: (length: number, rule: number) => boolean,
  words: (rule: number) => string,
): Assertion<number> => ({
  holds(rule, value, { spend }) {
    if (typeof value !== 'string') return true;
    spend(value.length / 16);
    return holds(countCodePoints(value), rule);
  },
  words: (rule) => `must have ${words(rule)} characters`,
});

const ofItems = (
  holds: (count: number, rule: number) => boolean,
  words: (rule: number) => string,
): Assertion<number> => ({
  holds: (rule, value) => !Array.isArray(value) || holds(value.length, rule),
  words: (rule) => `must have ${words(rule)} items`,
});

const ofMembers = (
  holds: (count: number, rule: number) => boolean,
  words: (rule: number) => string,
): Assertion<number> => ({
  holds(rule, value, { spend }) {
    if (!isObject(value)) return true;
    const count = Object.keys(value).length;
    spend(count / 16);
    return holds(count, rule);
  },
  words: (rule) => `must have ${words(rule)} members`,
});

const atMost = (count: number, most: number) => count <= most;
const atLeast = (count: number, least: number) => count >= least;

const articles: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

const namedInWords = 5;

function missing(names: readonly string[], value: unknown, spend?: Spend): string[] {
  spend?.(names.length / 16);
  return isObject(value) ? names.filter((name) => !hasMember(value, name)) : [];
}

const mustHave = (names: readonly string[]) =>
  `must have ${names
    .slice(0, namedInWords)
    .map((name) => quote(name))
    .join(' and ')}`;

function askedFor(rule: Record<string, string[]>, value: unknown): string[] {
  return Object.entries(rule).flatMap(([name, names]) =>
    isObject(value) && hasMember(value, name) ? names : [],
  );
}

/** JSON Schema Validation §6 and §7. */
export const assertions: ReadonlyMap<string, Assertion<never>> = new Map(
  Object.entries({
    type: {
      holds(rule: string | string[], value) {
        const types = Array.isArray(rule) ? rule : [rule];
        return (
          types.includes(jsonTypeOf(value)) ||
          (types.includes('integer') && isExactNumber(value) && isWhole(value))
        );
      },
      words: (rule) =>
        `must be ${[rule]
          .flat()
          .map((name) => articles[name])
          .join(' or ')}`,
    },
    enum: {
      holds(rule: unknown[], value, { spend }) {
        spend(2 * sizeOf(value));
        return isMember(rule, value);
      },
      words: (rule) => `must be one of ${quote(rule).replace(/^\[|\]$/g, '')}`,
    },
    const: {
      holds(rule: unknown, value, { spend }) {
        if ((typeof rule !== 'object' || rule === null) && typeof value !== 'object') return rule === value;
        spend(2 * sizeOf(rule) + 2 * sizeOf(value));
        return textOfEqual(rule) === textOfEqual(value);
      },
      words: (rule) => `must be ${quote(rule)}`,
    },
    multipleOf: ofNumber(isMultipleOf, (step) => `must be a multiple of ${step}`),
    maximum: ofNumber(
      (value, most) => compareNumbers(value, most) <= 0,
      (most) => `must be at most ${most}`,
    ),
    exclusiveMaximum: ofNumber(
      (value, end) => compareNumbers(value, end) < 0,
      (end) => `must be below ${end}`,
    ),
    minimum: ofNumber(
      (value, least) => compareNumbers(value, least) >= 0,
      (least) => `must be at least ${least}`,
    ),
    exclusiveMinimum: ofNumber(
      (value, end) => compareNumbers(value, end) > 0,
      (end) => `must be above ${end}`,
    ),
    maxLength: ofLength(atMost, (most) => `at most ${most}`),
    minLength: ofLength(atLeast, (least) => `at least ${least}`),
    pattern: {
      holds: (rule: string, value, { matches }) => typeof value !== 'string' || matches(rule, value),
      words: (rule) => `must match the pattern ${quote(rule)}`,
    },
    format: {
      holds(rule: string, value, { spend }) {
        if (typeof value !== 'string') return true;
        spend(Math.min(value.length, longestFormatted) / 8);
        return isOfFormat(rule, value);
      },
      words: (rule) => `must be of the format ${quote(rule)}`,
    },
    maxItems: ofItems(atMost, (most) => `at most ${most}`),
    minItems: ofItems(atLeast, (least) => `at least ${least}`),
    uniqueItems: {
      holds(rule: boolean, value, { spend }) {
        if (!rule || !Array.isArray(value)) return true;
        spend(4 * sizeOf(value));
        return new Set(value.map(textOfEqual)).size === value.length;
      },
      words: () => 'must have no item twice',
    },
    maxProperties: ofMembers(atMost, (most) => `at most ${most}`),
    minProperties: ofMembers(atLeast, (least) => `at least ${least}`),
    required: {
      holds: (rule: string[], value, { spend }) => missing(rule, value, spend).length === 0,
      words: (rule, value) => mustHave(missing(rule, value)),
    },
    dependentRequired: {
      holds: (rule: Record<string, string[]>, value, { spend }) =>
        missing(askedFor(rule, value), value, spend).length === 0,
      words: (rule, value) => mustHave(missing(askedFor(rule, value), value)),
    },
  } satisfies Record<string, Assertion<never>>),
);
