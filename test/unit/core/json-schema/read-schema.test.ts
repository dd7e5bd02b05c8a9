import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPatternCompiler } from '../../../../adapters/patterns.ts';
import { readSchema } from '../../../../core/json-schema/read-schema.ts';

const compilePattern = createPatternCompiler();
const faultsOf = async (schema: unknown) => (await readSchema(schema, compilePattern)).faults;
const placesOf = async (schema: unknown) => (await faultsOf(schema)).map(({ pointer }) => pointer);

test('what each keyword may be is checked, and named by its place', async () => {
  assert.deepEqual(
    await placesOf({ type: 'object', properties: { a: { type: ['string', 'null'] } }, required: ['a'] }),
    [],
  );
  for (const [schema, place] of [
    [{ type: 'text' }, '/type'],
    [{ type: [] }, '/type'],
    [{ type: ['string', 'string'] }, '/type'],
    [{ properties: { a: { minimum: 'one' } } }, '/properties/a/minimum'],
    [{ properties: { 'a/b~c': { minLength: -1 } } }, '/properties/a~1b~0c/minLength'],
    [{ required: 'a' }, '/required'],
    [{ enum: 'a' }, '/enum'],
    [{ multipleOf: 0 }, '/multipleOf'],
    [{ allOf: [] }, '/allOf'],
    [{ anyOf: [{}, 1] }, '/anyOf/1'],
    [{ not: 'a' }, '/not'],
    [{ dependentRequired: { a: 'b' } }, '/dependentRequired'],
    [{ additionalProperties: null }, '/additionalProperties'],
    [{ $defs: { a: { pattern: 1 } } }, '/$defs/a/pattern'],
    [{ uniqueItems: 'yes' }, '/uniqueItems'],
    [{ $id: 'https://example.com/a#b' }, '/$id'],
    [{ $schema: 'https://example.com/dialect' }, '/$schema'],
  ] as const)
    assert.deepEqual(await placesOf(schema), [place], JSON.stringify(schema));
});

test('what draft 2020-12 does not check is refused with what to write instead', async () => {
  for (const [schema, place, instead] of [
    [{ items: [{ type: 'string' }] }, '/items', /prefixItems/],
    [{ dependencies: { a: ['b'] } }, '/dependencies', /dependentRequired/],
    [{ $dynamicRef: '#a' }, '/$dynamicRef', /\$ref/],
    [{ $recursiveRef: '#' }, '/$recursiveRef', /\$ref/],
    [{ $ref: 'https://example.com/other' }, '/$ref', /\$defs/],
    [{ properties: { a: { $ref: 'other.json#/a' } } }, '/properties/a/$ref', /\$defs/],
  ] as const) {
    const [fault, ...others] = await faultsOf(schema);
    assert.deepEqual([fault?.pointer, others.length], [place, 0]);
    assert.match(fault?.detail ?? '', instead);
  }
});

test('every reference is resolved, wherever it stands', async () => {
  const defs = {
    $defs: { a: { type: 'string' }, 'b c': { $anchor: 'here' }, d: { $id: 'd', $defs: { e: {} } } },
  };
  for (const $ref of ['#', '#/$defs/a', '#/$defs/b%20c', '#here', 'd', 'd#/$defs/e', '#/$defs/d/$defs/e'])
    assert.deepEqual(await placesOf({ ...defs, properties: { x: { $ref } } }), [], $ref);
  for (const $ref of ['#/$defs/nothing', '#nowhere', '#/$defs/a/type', '#/%', 'e'])
    assert.deepEqual(await placesOf({ ...defs, properties: { x: { $ref } } }), ['/properties/x/$ref'], $ref);
});

test('a reference into what no keyword leads to makes a schema of it, as older drafts have it', async () => {
  const schema = { $ref: '#/definitions/a', definitions: { a: { $ref: '#/definitions/b' }, b: {} } };
  assert.deepEqual(await placesOf(schema), []);
  assert.deepEqual(await placesOf({ ...schema, definitions: { a: { type: 'text' } } }), ['/$ref/type']);
});

test('members of data are no keywords', async () => {
  const data = { pattern: '(', $ref: '#/nowhere', type: 'text', $id: 'a#b' };
  assert.deepEqual(
    await placesOf({
      const: data,
      enum: [data],
      default: data,
      examples: [data],
      properties: { pattern: {} },
    }),
    [],
  );
});

test('a regular expression that is none is named by its place, one that other languages allow is taken', async () => {
  assert.deepEqual(await placesOf({ pattern: '[' }), ['/pattern']);
  assert.deepEqual(await placesOf({ patternProperties: { '(?P<a>b)': {} } }), [
    '/patternProperties/(?P<a>b)',
  ]);
  assert.deepEqual(await placesOf({ pattern: '^[\\w-.]+\\@[a-z\\_]+\\-$' }), []);
});

test('names that are no Unicode, and those of every object, are names like any other', async () => {
  assert.deepEqual(await placesOf(JSON.parse('{"properties": {"\\ud800": {"type": "string"}}}')), []);
  assert.deepEqual(
    await placesOf(JSON.parse('{"properties": {"__proto__": {"type": "text"}, "constructor": {}}}')),
    ['/properties/__proto__/type'],
  );
  assert.deepEqual(await placesOf({ $ref: '#/constructor' }), ['/$ref']);
});
