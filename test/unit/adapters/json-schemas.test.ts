import assert from 'node:assert/strict';
import test from 'node:test';
import * as z from 'zod';
import { createJsonSchemas } from '../../../adapters/json-schemas.ts';
import type { JsonSchema } from '../../../core/task-types/json-schemas.ts';

const schemas = createJsonSchemas();
const pointers = async (schema: unknown) => (await schemas.check(schema)).map(({ pointer }) => pointer);

test('a schema is an object, of a size that a prompt can carry', async () => {
  assert.deepEqual(await pointers({ type: 'object', properties: { a: { type: 'string' } } }), []);
  for (const schema of ['object', null, [], true]) assert.deepEqual(await pointers(schema), ['']);
  assert.deepEqual(await pointers({ description: 'x'.repeat(40_000) }), ['']);
});

test('at most ten faults of a schema are told', async () => {
  const wrong = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`a${index}`, { type: 'text' }]),
  );
  assert.equal((await pointers({ properties: wrong })).length, 10);
});

test('a reference to another document is refused and not fetched', async (t) => {
  const fetched = t.mock.method(globalThis, 'fetch', () => assert.fail('fetched'));
  assert.deepEqual(await pointers({ $ref: 'http://127.0.0.1/schema' }), ['/$ref']);
  assert.equal(fetched.mock.callCount(), 0);
});

const everyFormat = z.object({
  email: z.email(),
  uuid: z.uuid(),
  guid: z.guid(),
  url: z.url(),
  emoji: z.emoji(),
  nanoid: z.nanoid(),
  cuid: z.cuid(),
  cuid2: z.cuid2(),
  ulid: z.ulid(),
  xid: z.xid(),
  ksuid: z.ksuid(),
  ipv4: z.ipv4(),
  ipv6: z.ipv6(),
  cidrv4: z.cidrv4(),
  cidrv6: z.cidrv6(),
  base64: z.base64(),
  base64url: z.base64url(),
  e164: z.e164(),
  jwt: z.jwt(),
  hostname: z.hostname(),
  hex: z.hex(),
  datetime: z.iso.datetime(),
  offset: z.iso.datetime({ offset: true, precision: 3 }),
  date: z.iso.date(),
  time: z.iso.time(),
  duration: z.iso.duration(),
  lowercase: z.string().lowercase(),
  includes: z.string().includes('a.b'),
  startsWith: z.string().startsWith('(a'),
  slug: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
  int: z.int32(),
  tuple: z.tuple([z.string(), z.number()]).rest(z.boolean()),
  record: z.record(z.string().regex(/^k/), z.number()),
  union: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), a: z.string() }),
    z.object({ kind: z.literal('b'), b: z.number().multipleOf(0.01) }),
  ]),
});

const examples = {
  email: 'someone@example.com',
  uuid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  guid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  url: 'https://example.com/a?b=c',
  emoji: '👍',
  nanoid: 'V1StGXR8_Z5jdHi6B-myT',
  cuid: 'cjld2cjxh0000qzrmn831i7rn',
  cuid2: 'tz4a98xxat96iws9zmbrgj3a',
  ulid: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  xid: '9m4e2mr0ui3e8a215n4g',
  ksuid: '1srOrx2ZWZBpBUvZwXKQmoEYga2',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  cidrv4: '192.0.2.0/24',
  cidrv6: '2001:db8::/32',
  base64: 'aGVsbG8=',
  base64url: 'aGVsbG8',
  e164: '+4915112345678',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
  hostname: 'example.com',
  hex: 'c0ffee',
  datetime: '2026-01-15T10:30:00Z',
  offset: '2026-01-15T10:30:00.123+02:00',
  date: '2024-02-29',
  time: '10:30:00',
  duration: 'P1DT2H',
  lowercase: 'abc',
  includes: 'xa.by',
  startsWith: '(ab',
  slug: 'a-b-c',
  int: 5,
  tuple: ['a', 1, true],
  record: { k1: 1 },
  union: { kind: 'b', b: 0.07 },
};

/** What models would be asked with: an answer that the library takes must not break the schema that it made. */
test('every format of zod 4 is taken unchanged, and what zod takes satisfies it', async () => {
  const schema = z.toJSONSchema(everyFormat) as JsonSchema;
  assert.deepEqual(await schemas.check(schema), []);
  assert.deepEqual(everyFormat.parse(examples), examples);
  for (const [name, value] of Object.entries(examples)) {
    const one = (schema.properties as Record<string, JsonSchema>)[name] as JsonSchema;
    assert.deepEqual(await schemas.validate(one, value), { kind: 'checked', faults: [] }, name);
    // Its schema names a format of zod's own.
    if (name === 'jwt') continue;
    const verdict = await schemas.validate(one, typeof value === 'string' ? '\n(NOT) it!' : 'x');
    assert.ok(verdict.kind === 'checked' && verdict.faults.length > 0, `${name} takes anything`);
  }
});

test('what pydantic 2 makes of every kind of field is taken unchanged', async () => {
  const schema = {
    $defs: {
      Color: { enum: ['red', 'green'], title: 'Color', type: 'string' },
      Node: {
        properties: {
          name: { title: 'Name', type: 'string' },
          children: { default: [], items: { $ref: '#/$defs/Node' }, title: 'Children', type: 'array' },
        },
        required: ['name'],
        title: 'Node',
        type: 'object',
      },
      Cat: {
        properties: { kind: { const: 'cat', title: 'Kind', type: 'string' } },
        required: ['kind'],
        type: 'object',
      },
      Dog: {
        properties: { kind: { const: 'dog', title: 'Kind', type: 'string' } },
        required: ['kind'],
        type: 'object',
      },
    },
    properties: {
      color: { $ref: '#/$defs/Color', description: 'Siblings of $ref' },
      node: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }], default: null },
      pet: {
        discriminator: { mapping: { cat: '#/$defs/Cat', dog: '#/$defs/Dog' }, propertyName: 'kind' },
        oneOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }],
      },
      price: {
        anyOf: [
          { type: 'number' },
          {
            pattern: '^(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*$',
            type: 'string',
          },
        ],
      },
      pair: {
        maxItems: 2,
        minItems: 2,
        prefixItems: [{ type: 'integer' }, { type: 'string' }],
        type: 'array',
      },
      tags: { items: { type: 'string' }, type: 'array', uniqueItems: true },
      scores: {
        additionalProperties: { type: 'number' },
        propertyNames: { pattern: '^[a-z]+$' },
        type: 'object',
      },
      born: { format: 'date', type: 'string' },
      seen: { format: 'date-time', type: 'string' },
      file: { format: 'file-path', type: 'string' },
      secret: { format: 'password', type: 'string', writeOnly: true },
      address: { format: 'ipvanyaddress', type: 'string' },
      data: { contentMediaType: 'application/json', contentSchema: { type: 'integer' }, type: 'string' },
      age: { exclusiveMinimum: 0, maximum: 150, type: 'integer' },
    },
    required: ['color', 'pet', 'price'],
    title: 'Everything',
    type: 'object',
    additionalProperties: false,
  };
  assert.deepEqual(await schemas.check(schema), []);
  const value = {
    color: 'red',
    pet: { kind: 'dog' },
    price: '12.50',
    node: { name: 'a', children: [{ name: 'b' }] },
  };
  assert.deepEqual(await schemas.validate(schema, value), { kind: 'checked', faults: [] });
  const verdict = await schemas.validate(schema, {
    ...value,
    price: '1,5',
    node: { name: 'a', children: [{}] },
  });
  assert.deepEqual(verdict.kind === 'checked' && verdict.faults.map(({ pointer }) => pointer), [
    '/node/children/0',
    '/price',
  ]);
});

test('a check that takes too long says so', async () => {
  const tree = { additionalProperties: { allOf: [{ $ref: '#' }, { $ref: '#' }] } };
  const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`);
  assert.deepEqual(await schemas.validate(tree, deep), { kind: 'too long' });
});

const evil = `${'a'.repeat(50_000)}!`;
for (const pattern of ['^(?=a)((a+))+$', '^(a|a)+\\1?$(?<!b)', '(?<!x)(a|aa)+$', '^(a{1,100}){1,100}$'])
  test(`a check by what backtracks for ever is ended: ${pattern}`, async () => {
    const schema = { items: { pattern } };
    assert.deepEqual(await schemas.check(schema), []);
    assert.deepEqual(await schemas.validate(schema, [evil]), { kind: 'too long' });
    assert.deepEqual(
      await schemas.validate(schema, ['aa']),
      { kind: 'checked', faults: [] },
      'and others go on',
    );
  });

test('what backtracks is fast on ordinary answers', async () => {
  const schema = { items: { pattern: '^P(?!$)(\\d+D)?(T(?=\\d)(\\d+H)?)?$' } };
  const value = Array.from({ length: 20_000 }, (_, index) => `P${index}DT2H`);
  assert.deepEqual(await schemas.validate(schema, value), { kind: 'checked', faults: [] });
});
