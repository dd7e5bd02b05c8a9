/** A schema by which a check could take for ever, and the answer that makes it. */
export interface HostileSchema {
  kind: string;
  schema: object;
  answer: unknown;
}

const evil = `${'a'.repeat(30_000)}!`;

const nested = (kind: string, patterns: string[]): HostileSchema[] =>
  patterns.map((pattern) => ({
    kind,
    schema: { type: 'object', properties: { x: { pattern } } },
    answer: { x: evil },
  }));

const twice = (reference: string) => ({ allOf: [{ $ref: reference }, { $ref: reference }] });

/** Each level refers to the next twice. */
function doubling(levels: number): object {
  const defs = Array.from({ length: levels }, (_, level) => [
    `l${level}`,
    level + 1 < levels ? twice(`#/$defs/l${level + 1}`) : { type: 'object' },
  ]);
  return { $ref: '#/$defs/l0', $defs: Object.fromEntries(defs) };
}

const deepObject = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`);
const deepList = JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`);
const longList = Array.from({ length: 20_000 }, (_, index) => `item ${index}`);
const manyMembers = Object.fromEntries(longList.map((name) => [name, 1]));
const each = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

/** Forty of eleven kinds. */
export const hostileSchemas: HostileSchema[] = [
  ...nested('groups repeated in groups', [
    '^((a+))+$',
    '^(a+)+$',
    '^((a*)*)*$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
  ]),
  ...nested('alternatives that overlap', [
    '^(a|a)+$',
    '^(a|aa)+$',
    '^(a|a?)+$',
    '^(([a])|(a))*$',
    '^(a|b|ab)*c$',
  ]),
  ...nested('repeats beside repeats', [
    '^a*a*a*a*a*a*a*$',
    '(.*)(.*)(.*)(.*)(.*)[^a!]$',
    '^(a?){50}a{50}$',
    '\\s*a*\\s*a*b$',
  ]),
  ...nested('lookaround and references back', [
    '^(?=a)((a+))+$',
    '(?<!x)(a|aa)+$',
    '^(a|a)+\\1?$',
    '^(?!b)(a*)*$(?<=b)',
  ]),
  ...nested('counts of counts', [
    '^(a{1,100}){1,100}$',
    '^((a{1,30}){1,30}){1,30}b',
    '^(?=(a{1,99}){1,99}b)',
  ]),
  ...each(4, (index) => ({ kind: 'references that double', schema: doubling(24 + index), answer: {} })),
  ...each(4, (index) => ({
    kind: 'references that double at each level of the answer',
    schema:
      index % 2 === 0
        ? { additionalProperties: twice('#') }
        : { items: { anyOf: [{ not: { $ref: '#' } }, { $ref: '#' }] } },
    answer: index % 2 === 0 ? deepObject : deepList,
  })),
  ...each(3, (index) => ({
    kind: 'references in a circle',
    schema:
      [
        { $ref: '#' },
        { allOf: [{ anyOf: [{ $ref: '#' }] }] },
        { $ref: '#/$defs/a', $defs: { a: { not: { $ref: '#/$defs/a' } } } },
      ][index] ?? {},
    answer: {},
  })),
  ...each(3, (index) => ({
    kind: 'many looks at a large answer',
    schema: {
      allOf: each(900, (look) =>
        index === 0 ? { const: [look] } : index === 1 ? { uniqueItems: true } : { enum: [[look]] },
      ),
    },
    answer: longList,
  })),
  ...each(3, (index) => ({
    kind: 'names held against many expressions',
    schema: {
      patternProperties: Object.fromEntries(each(500, (number) => [`^(.*a){${index + 2}}${number}$`, true])),
    },
    answer: manyMembers,
  })),
  ...each(3, (index) => ({
    kind: 'choices among choices',
    schema: each(9 + index, () => 0).reduce<object>(
      (inner) => ({ oneOf: [inner, inner, { type: 'null' }] }),
      { type: 'object', properties: { x: { pattern: '^(a|aa)+$' } }, required: ['y'] },
    ),
    answer: { x: evil },
  })),
];
