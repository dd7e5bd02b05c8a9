import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTextKeys } from '../../../../local/services/dynamodb-keys.ts';

// Its own, whatever else replaced it.
const { createKey } = createRequire(import.meta.url)('dynalite/db');

const tableOf = (types: Record<string, string>) => ({
  KeySchema: Object.keys(types).map((AttributeName) => ({ AttributeName })),
  AttributeDefinitions: Object.entries(types).map(([AttributeName, AttributeType]) => ({
    AttributeName,
    AttributeType,
  })),
});
const number = fc.integer().map(String);

for (const [what, table, item] of [
  ['one text', tableOf({ pk: 'S' }), fc.record({ pk: fc.record({ S: fc.string({ unit: 'grapheme' }) }) })],
  [
    'two texts',
    tableOf({ pk: 'S', sk: 'S' }),
    fc.record({ pk: fc.record({ S: fc.string() }), sk: fc.record({ S: fc.string({ unit: 'grapheme' }) }) }),
  ],
  [
    'a number',
    tableOf({ pk: 'S', sk: 'N' }),
    fc.record({ pk: fc.record({ S: fc.string() }), sk: fc.record({ N: number }) }),
  ],
] as const)
  test(`a key of ${what} is dynalite's`, () => {
    const create = createTextKeys(createKey);
    fc.assert(
      fc.property(item, (each) => {
        assert.equal(create(each, table), createKey(each, table));
      }),
    );
  });

test("the key of an index's schema is dynalite's", () => {
  const table = tableOf({ pk: 'S', other: 'S' });
  const item = { pk: { S: 'a' }, other: { S: 'b' } };
  const schema = [{ AttributeName: 'other' }];
  assert.equal(createTextKeys(createKey)(item, table, schema), createKey(item, table, schema));
});
