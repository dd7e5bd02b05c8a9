import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchema } from '../../../../core/json-schema/read-schema.ts';

const noPatterns = async () => undefined;
const faultsOf = async (schema: unknown) => (await readSchema(schema, noPatterns)).faults;

test('a circle of references that never comes to another value is named', async () => {
  for (const [schema, place] of [
    [{ $ref: '#' }, '/$ref'],
    [{ properties: { a: { $ref: '#/properties/a' } } }, '/properties/a/$ref'],
    [
      {
        $ref: '#/$defs/a',
        $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } },
      },
      '',
    ],
    [{ if: { anyOf: [{ $ref: '#' }] } }, '/if/anyOf/0/$ref'],
  ] as const) {
    const [fault] = await faultsOf(schema);
    assert.equal(fault?.detail, 'refers to itself without end', JSON.stringify(schema));
    if (place) assert.equal(fault?.pointer, place);
  }
});

test('a circle through members and items is an ordinary tree', async () => {
  const tree = {
    properties: { left: { $ref: '#' }, list: { items: { $ref: '#' } } },
    additionalProperties: { $ref: '#' },
  };
  assert.deepEqual(await faultsOf(tree), []);
});

/** Each level refers to the next twice. */
function doubling(levels: number) {
  const next = (level: number) => ({ $ref: `#/$defs/l${level + 1}` });
  const defs = Array.from({ length: levels }, (_, level) => [
    `l${level}`,
    level + 1 < levels ? { allOf: [next(level), next(level)] } : { type: 'string' },
  ]);
  return { $ref: '#/$defs/l0', $defs: Object.fromEntries(defs) };
}

test('references that double at each level are refused where they become too many', async () => {
  assert.deepEqual(await faultsOf(doubling(10)), []);
  const [fault] = await faultsOf(doubling(24));
  assert.match(fault?.detail ?? '', /^expands to more than 10000 schemas$/);
});

test('many schemas side by side are not too many', async () => {
  const anyOf = Array.from({ length: 2_000 }, (_, index) => ({ const: index }));
  assert.deepEqual(await faultsOf({ anyOf }), []);
});
