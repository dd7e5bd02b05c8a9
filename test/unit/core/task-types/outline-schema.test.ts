import assert from 'node:assert/strict';
import test from 'node:test';
import { outlineSchema } from '../../../../core/task-types/outline-schema.ts';

const object = (properties: object, rest: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...rest,
});
const lineOf = (schema: object) =>
  outlineSchema(object({ a: schema }))
    ?.split('\n')[1]
    ?.trim();

test('ranges, lengths, choices and bounds are told in words', () => {
  assert.equal(lineOf({ type: 'number', minimum: 0, maximum: 1 }), '"a": number from 0 to 1');
  assert.equal(lineOf({ type: 'integer', minimum: 1 }), '"a": whole number at least 1');
  assert.equal(
    lineOf({ type: 'integer', exclusiveMaximum: 9, multipleOf: 3 }),
    '"a": whole number below 9 a multiple of 3',
  );
  assert.equal(lineOf({ type: 'string', minLength: 1 }), '"a": string (not empty)');
  assert.equal(lineOf({ type: 'string', minLength: 2, maxLength: 5 }), '"a": string (2 to 5 characters)');
  assert.equal(lineOf({ type: 'string', format: 'date' }), '"a": string (a date)');
  assert.equal(lineOf({ enum: ['x', 'y', null] }), '"a": "x" | "y" | null');
  assert.equal(lineOf({ const: 1 }), '"a": 1');
  assert.equal(lineOf({ type: ['string', 'null'] }), '"a": string | null');
  assert.equal(lineOf({ anyOf: [{ type: 'boolean' }, { type: 'null' }] }), '"a": true | false | null');
  assert.equal(
    lineOf({ type: 'array', items: { type: 'string' }, maxItems: 7 }),
    '"a": [string, …] (at most 7 items)',
  );
  assert.equal(
    lineOf({ type: 'array', items: {}, minItems: 2, maxItems: 2 }),
    '"a": [any JSON value, …] (exactly 2 items)',
  );
  assert.equal(
    lineOf({ type: 'array', items: object({ b: { type: 'string' } }) }),
    '"a": [{"b": string}, …]',
  );
  assert.equal(lineOf({ description: 'whatever it was' }), '"a": any JSON value (whatever it was)');
});

test('what may be left out, and what may be added, is said', () => {
  const outline = outlineSchema({
    type: 'object',
    properties: { a: { type: 'string' } },
    additionalProperties: { type: 'number' },
  });
  assert.equal(outline, '{\n  "a" (may be left out): string,\n  any other name: number\n}');
});

test('a long list of choices is told once', () => {
  const choices = Array.from({ length: 40 }, (_, index) => `category ${index}`);
  const outline =
    outlineSchema(object({ first: { enum: [...choices, null] }, second: { enum: choices } })) ?? '';
  assert.match(outline, /"second": one of the values of "first"/);
  assert.equal(outline.split('"category 7"').length, 2);
});

test('a schema that says more than words can is shown itself', () => {
  for (const keyword of ['$ref', 'allOf', 'not', 'if', 'patternProperties', 'prefixItems', 'oneOf'])
    assert.equal(outlineSchema(object({ a: { [keyword]: {} } })), undefined, keyword);
  assert.equal(outlineSchema(false), undefined);
});
