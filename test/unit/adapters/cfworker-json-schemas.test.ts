import assert from 'node:assert/strict';
import test from 'node:test';
import { createCfworkerJsonSchemas } from '../../../adapters/cfworker-json-schemas.ts';

const schemas = createCfworkerJsonSchemas();
const pointers = (schema: unknown) => schemas.check(schema).map(({ pointer }) => pointer);

test('a wrong schema is refused, naming where it is wrong', () => {
  assert.deepEqual(pointers({ type: 'object', properties: { a: { type: 'string' } } }), []);
  assert.deepEqual(pointers('object'), ['']);
  assert.deepEqual(pointers(null), ['']);
  assert.deepEqual(pointers([]), ['']);
  assert.ok(pointers({ type: 'text' }).includes('/type'));
  assert.ok(pointers({ properties: { a: { minimum: 'one' } } }).includes('/properties/a/minimum'));
  assert.ok(pointers({ required: 'a' }).includes('/required'));
  assert.ok(pointers({ enum: [] }).includes('/enum'));
});

test('a schema that could run for ever or fetch another is refused', () => {
  assert.deepEqual(pointers({ $ref: '#' }), ['']);
  assert.deepEqual(pointers({ $ref: '#/$defs/nothing' }), ['']);
  assert.ok(pointers({ $ref: 'https://example.com/schema' }).includes('/$ref'));
  assert.deepEqual(pointers({ properties: { a: { pattern: '(a+)+$' } } }), ['/properties/a/pattern']);
  assert.deepEqual(pointers({ pattern: '[' }), ['/pattern']);
  assert.deepEqual(pointers({ patternProperties: { '(x*)*': {} } }), ['/patternProperties']);
  assert.deepEqual(pointers({ description: 'x'.repeat(40_000) }), ['']);
});

test('a schema may refer to itself in its properties', () => {
  const tree = {
    type: 'object',
    properties: { children: { type: 'array', items: { $ref: '#' } } },
    required: ['children'],
  };
  assert.deepEqual(schemas.check(tree), []);
  assert.deepEqual(schemas.validate(tree, { children: [{ children: [] }] }), []);
  assert.equal(schemas.validate(tree, { children: [{}] })[0]?.pointer, '/children/0');
});

test('faults name the innermost place, at most ten', () => {
  const schema = { type: 'object', properties: { list: { type: 'array', items: { type: 'integer' } } } };
  const faults = schemas.validate(schema, { list: Array.from({ length: 30 }, () => 'x') });
  assert.equal(faults.length, 10);
  assert.equal(faults[0]?.pointer, '/list/0');
});

for (const [what, text, value] of [
  ['plain', '{"a":1}', { a: 1 }],
  ['fenced', 'Here it is:\n```json\n{"a":1}\n```\nDone.', { a: 1 }],
  ['after thinking', '<think>{"a":2}?</think>\n{"a":1}', { a: 1 }],
  ['with a remark before', 'Sure! {"a":1}', { a: 1 }],
  ['with a trailing comma', '{"a":1,}', { a: 1 }],
  ['with single quotes', "{'a': 1}", { a: 1 }],
  ['a list', '[1,2]', [1, 2]],
  ['with a raw line break', '{"a":"x\ny"}', { a: 'x\ny' }],
] as const)
  test(`an answer that is ${what} is read`, () => {
    assert.deepEqual(schemas.parse(text)?.value, value);
  });

test('an answer without JSON has no value', () => {
  assert.equal(schemas.parse('I cannot do that.'), undefined);
  assert.equal(schemas.parse(''), undefined);
});
