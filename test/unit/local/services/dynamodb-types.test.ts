import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileTypes } from '../../../../local/services/dynamodb-types.ts';

const load = createRequire(import.meta.url);
const { checkTypes } = load('dynalite/validations');
const typesOf = (operation: string) => load(`dynalite/validations/${operation}`).types;

// dynalite loses what is named so, which DynamoDB keeps.
const name = fc.string().filter((each) => each !== '__proto__');

const attribute = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ S: fc.string() }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: fc.array(fc.string()) }),
    fc.record({ L: fc.array(tie('value')) }),
    fc.record({ M: fc.dictionary(name, tie('value')) }),
    // What dynalite converts, drops or refuses.
    fc.record({ B: fc.constantFrom('YQ==', 'a') }),
    fc.constantFrom<object>({}, { S: 1 }, { S: 'a', N: '1' }, { S: null }, { other: 'a' }, [], { M: [] }),
  ),
})).value;
const attributes = fc.dictionary(name, attribute);
const more = { ReturnValuesOnConditionCheckFailure: fc.constant('ALL_OLD'), TableName: fc.string() };
const inputs = {
  putItem: fc.record({ ...more, Item: attributes, ConditionExpression: fc.string() }, { requiredKeys: [] }),
  updateItem: fc.record(
    {
      ...more,
      Key: attributes,
      ExpressionAttributeValues: attributes,
      ExpressionAttributeNames: fc.dictionary(name, fc.oneof(fc.string(), fc.constant(1))),
      Expected: fc.constantFrom<object>({ a: { Exists: true } }, { a: { Exists: 'yes', other: 1 } }),
    },
    { requiredKeys: [] },
  ),
  batchWriteItem: fc.record({
    RequestItems: fc.dictionary(
      fc.string(),
      fc.array(
        fc.oneof(
          fc.record({ PutRequest: fc.record({ Item: attributes }) }),
          fc.record({ DeleteRequest: fc.record({ Key: attributes, other: fc.constant(1) }) }),
        ),
      ),
    ),
  }),
  query: fc.record({ ...more, Limit: fc.constantFrom(1, 1.5, '1', null), ScanIndexForward: fc.boolean() }),
};

describe('the check of plain inputs', () => {
  for (const [operation, input] of Object.entries<fc.Arbitrary<object>>(inputs))
    it(`answers for ${operation} what dynalite makes of the input, or leaves it to dynalite`, () => {
      const check = compileTypes(typesOf(operation));
      fc.assert(
        fc.property(input, (given) => {
          const plain = check(structuredClone(given));
          if (plain === undefined) return;
          assert.deepEqual(plain, checkTypes(structuredClone(given), typesOf(operation)));
        }),
      );
    });

  it('keeps an attribute whatever its name', () => {
    const given = JSON.parse('{"Item":{"__proto__":{"N":"0"}}}');
    assert.deepEqual(compileTypes(typesOf('putItem'))(structuredClone(given)), given);
  });

  it('takes what the service sends', () => {
    const put = {
      TableName: 'tasks',
      Item: {
        pk: { S: 'a' },
        n: { N: '1' },
        map: { M: { list: { L: [{ BOOL: true }] }, set: { SS: ['a'] } } },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    const { ReturnValuesOnConditionCheckFailure: _, ...known } = put;
    assert.deepEqual(compileTypes(typesOf('putItem'))(put), known);
    const write = { RequestItems: { tasks: [{ PutRequest: { Item: { pk: { S: 'a' } } } }] } };
    assert.deepEqual(compileTypes(typesOf('batchWriteItem'))(write), write);
  });
});
