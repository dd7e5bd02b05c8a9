import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPatternCompiler } from '../../../../adapters/patterns.ts';
import { checkValue } from '../../../../core/json-schema/check-value.ts';
import { CheckTooLongError } from '../../../../core/json-schema/pattern.ts';
import { readSchema } from '../../../../core/json-schema/read-schema.ts';

const compilePattern = createPatternCompiler();

async function check(schema: unknown, value: unknown) {
  const { document, faults } = await readSchema(schema, compilePattern);
  assert.deepEqual(faults, []);
  return checkValue(document, value);
}

/** A schema, values that satisfy it, values that do not. */
const verdicts: [schema: unknown, right: unknown[], wrong: unknown[]][] = [
  [true, [1, null], []],
  [false, [], [1, null]],
  [{ type: 'integer' }, [1, 1.0, -3], [1.5, '1', true, null]],
  [{ type: ['string', 'null'] }, ['a', null], [1, []]],
  [{ type: 'object' }, [{}], [[], null]],
  [{ enum: [1, 'a', { b: [1] }] }, [1, 'a', { b: [1] }], [2, { b: [2] }, '1']],
  [{ const: { a: 1, b: 2 } }, [{ b: 2, a: 1 }], [{ a: 1 }, { a: 1, b: 2, c: 3 }]],
  [{ const: false }, [false], [0, null, '']],
  [{ minimum: 3, exclusiveMaximum: 5 }, [3, 4.9, 'x'], [2, 5]],
  [{ exclusiveMinimum: 3, maximum: 5 }, [3.1, 5], [3, 6]],
  [{ multipleOf: 0.1 }, [0.3, 'x'], [0.25]],
  [{ minLength: 2, maxLength: 3 }, ['ab', '😀😀', 5], ['a', 'abcd', '😀']],
  [{ pattern: '^a+$' }, ['a', 'aaa', 1], ['', 'ab', 'a\n']],
  [{ pattern: '(?<!a)b(?=c)' }, ['bc', 'xbc'], ['abc', 'b']],
  [{ pattern: '^\\p{Letter}\\s.$' }, ['é\u00a0x'], ['1 x', 'é \u2028']],
  [{ format: 'date' }, ['2024-02-29', 1], ['2023-02-29', 'today']],
  [{ format: 'anything' }, ['x'], []],
  [{ minItems: 1, maxItems: 2 }, [[1], [1, 2], {}], [[], [1, 2, 3]]],
  [
    { uniqueItems: true },
    [
      [1, '1', true],
      [{ a: 1 }, { a: 2 }],
    ],
    [
      [1, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ uniqueItems: false }, [[1, 1]], []],
  [{ minProperties: 1, maxProperties: 2 }, [{ a: 1 }, 1], [{}, { a: 1, b: 1, c: 1 }]],
  [{ required: ['a', 'toString'] }, [{ a: 1, toString: 2 }, 1], [{ a: 1 }, {}]],
  [{ dependentRequired: { a: ['b'] } }, [{}, { b: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
  [{ properties: { a: { type: 'string' } } }, [{ a: 'x' }, { b: 1 }, 1], [{ a: 1 }]],
  [{ patternProperties: { '^n': { type: 'number' } } }, [{ n1: 1, s: 'x' }], [{ n1: 'x' }]],
  [
    { properties: { a: true }, patternProperties: { '^p': true }, additionalProperties: false },
    [{ a: 1, p1: 1 }, {}],
    [{ b: 1 }],
  ],
  [{ propertyNames: { maxLength: 1 } }, [{ a: 1 }], [{ ab: 1 }]],
  [{ prefixItems: [{ type: 'string' }], items: { type: 'number' } }, [['a', 1], []], [[1], ['a', 'b']]],
  [{ contains: { type: 'number' } }, [['a', 1]], [[], ['a']]],
  [
    { contains: true, minContains: 2, maxContains: 3 },
    [
      [1, 2],
      [1, 2, 3],
    ],
    [[1], [1, 2, 3, 4]],
  ],
  [{ contains: { type: 'number' }, minContains: 0 }, [[]], []],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1.5], [0, 3]],
  [{ anyOf: [{ type: 'string' }, { minimum: 3 }] }, ['a', 3], [1]],
  [{ oneOf: [{ minimum: 1 }, { maximum: 2 }] }, [0, 3], [1.5]],
  [{ not: { type: 'string' } }, [1], ['a']],
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  [{ if: { type: 'number' }, then: { minimum: 1 }, else: { minLength: 1 } }, [1, 'a', null], [0, '']],
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  [{ then: false }, [1], []],
  [{ dependentSchemas: { a: { required: ['b'] } } }, [{ c: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
  [
    {
      allOf: [{ properties: { a: true } }],
      anyOf: [{ required: ['b'], properties: { b: true } }, true],
      unevaluatedProperties: false,
    },
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ c: 1 }],
  ],
  [{ allOf: [{ properties: { a: true } }, { unevaluatedProperties: false }] }, [{}], [{ a: 1 }]],
  [
    { prefixItems: [true], contains: { type: 'string' }, unevaluatedItems: false },
    [[1, 'a'], ['a']],
    [[1, 'a', 2]],
  ],
  [{ not: { not: { properties: { a: true } } }, unevaluatedProperties: false }, [{}], [{ a: 1 }]],
  [
    {
      $ref: '#/$defs/tree',
      $defs: { tree: { type: 'object', additionalProperties: { $ref: '#/$defs/tree' } } },
    },
    [{ a: { b: {} } }],
    [{ a: { b: 1 } }],
  ],
  [{ $ref: '#/$defs/a', minimum: 2, $defs: { a: { maximum: 3 } } }, [2, 3], [1, 4]],
];

for (const [schema, right, wrong] of verdicts)
  test(`values are held against ${JSON.stringify(schema)}`, async () => {
    for (const value of right) assert.deepEqual(await check(schema, value), [], JSON.stringify(value));
    for (const value of wrong)
      assert.ok((await check(schema, value)).length > 0, `${JSON.stringify(value)} is taken`);
  });

test('faults name the innermost places and say what is asked for', async () => {
  const schema = {
    type: 'object',
    properties: {
      list: { type: 'array', items: { type: 'integer', minimum: 3 } },
      kind: { enum: ['a', 'b'] },
      'a/b': { const: 1 },
    },
    required: ['list', 'name', 'age'],
    additionalProperties: false,
  };
  assert.deepEqual(await check(schema, { list: [1, 'x', 5], kind: 'c', 'a/b': 2, more: 1 }), [
    { pointer: '/list/0', detail: 'must be at least 3' },
    { pointer: '/list/1', detail: 'must be a whole number' },
    { pointer: '/kind', detail: 'must be one of "a","b"' },
    { pointer: '/a~1b', detail: 'must be 1' },
    { pointer: '', detail: 'must have "name" and "age"' },
    { pointer: '/more', detail: 'is not in the schema' },
  ]);
});

test('of a choice that fails the nearest is told, or all where none is nearer', async () => {
  const anyOf = [
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
    { type: 'object', properties: { a: { type: 'number' }, b: { type: 'string' } } },
    { type: 'null' },
  ];
  assert.deepEqual(await check({ properties: { x: { anyOf } } }, { x: { a: 1, b: 2 } }), [
    { pointer: '/x/b', detail: 'must be a string' },
  ]);
  assert.deepEqual(await check({ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1), [
    { pointer: '', detail: 'must be a string, or must be null' },
  ]);
  assert.deepEqual(await check({ oneOf: [true, true, false] }, 1), [
    { pointer: '', detail: 'must satisfy exactly one of 3 schemas (oneOf), and satisfies 2' },
  ]);
});

test('at most ten faults are told, none longer than a schema may make it', async () => {
  const faults = await check(
    { items: { enum: ['x'.repeat(5_000)] } },
    Array.from({ length: 30 }, () => 1),
  );
  assert.equal(faults.length, 10);
  for (const { detail } of faults) assert.ok(detail.length < 300);
});

const start = { $ref: '#/$defs/a' };
const longPrograms = Array.from({ length: 50 }, (_, index) => ({ pattern: `^(a?b?){150}[xy]{${index}}$` }));

/** Schemas by which a check would take minutes, each for a reason of its own, and a value. */
const hostile: [what: string, schema: unknown, value: unknown][] = [
  [
    'members that double at each level',
    { ...start, $defs: { a: { additionalProperties: { allOf: [start, start] } } } },
    JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`),
  ],
  [
    'items that double at each level',
    { ...start, $defs: { a: { items: { anyOf: [{ not: start }, start] } } } },
    JSON.parse('['.repeat(60) + ']'.repeat(60)),
  ],
  [
    'a thousand looks at the same megabyte',
    { allOf: Array.from({ length: 1_000 }, (_, index) => ({ const: [index] })) },
    Array.from({ length: 50_000 }, (_, index) => `item ${index}`),
  ],
  [
    'many lengths of a long text',
    { allOf: Array.from({ length: 1_000 }, () => ({ minLength: 1 })) },
    'x'.repeat(1_000_000),
  ],
  ['many large regular expressions on a long text', { allOf: longPrograms }, 'ab'.repeat(50_000)],
  [
    'names held against many regular expressions',
    {
      patternProperties: Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [`^(.*a){5}${index}$`, true]),
      ),
    },
    Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`aaaaaaaaaaaaaaaaaaaa${index}`, 1])),
  ],
];

for (const [what, schema, value] of hostile)
  test(`a check is ended: ${what}`, async () => {
    await assert.rejects(check(schema, value), CheckTooLongError);
  });

test('a large answer of a real shape is checked to its end', async () => {
  const schema = {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        id: { type: 'string', pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$' },
        score: { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { type: 'null' }] },
        tags: { type: 'array', items: { enum: ['a', 'b', 'c'] }, uniqueItems: true },
      },
      required: ['id', 'score', 'tags'],
      additionalProperties: false,
    },
  };
  const record = (index: number) => ({
    id: `record-${index}-of-many`,
    score: index / 10_000,
    tags: ['a', 'b'],
  });
  const value = Array.from({ length: 10_000 }, (_, index) => record(index));
  assert.deepEqual(await check(schema, value), []);
});
