import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { readJson } from '../../../../core/json/read-json.ts';
import type { JsonSchema } from '../../../../core/task-types/json-schemas.ts';

const schemas = createJsonSchemas();

async function faultsOf(schema: string, value: string): Promise<string | undefined> {
  const read = readJson(schema) as JsonSchema;
  assert.deepEqual(await schemas.check(read), [], schema);
  const verdict = await schemas.validate(read, readJson(value));
  return verdict.kind === 'checked' ? verdict.faults[0]?.detail : verdict.kind;
}

for (const [schema, value] of [
  ['{"type":"integer"}', '1.0'],
  ['{"type":"integer"}', '9007199254740993'],
  ['{"type":"integer"}', '1e400'],
  ['{"type":"integer","minimum":0.0,"maximum":1.00}', '1.0'],
  ['{"type":"number","maximum":9007199254740993}', '9007199254740993'],
  ['{"const":1}', '1.0'],
  ['{"const":1.0}', '1'],
  ['{"enum":["a",10e-1]}', '1'],
  ['{"const":{"n":9007199254740993}}', '{"n":9007199254740993.0}'],
  ['{"type":"number","multipleOf":0.01}', '19.990'],
  ['{"type":"number","multipleOf":3}', '3e400'],
  ['{"minItems":1.0}', '[1]'],
  ['{"type":"number","exclusiveMinimum":-0.0}', '1e-400'],
] as const)
  test(`${value} satisfies ${schema}`, async () => {
    assert.equal(await faultsOf(schema, value), undefined);
  });

test('a number of a million digits is not worked out for a second, and ten thousand long ones are checked', async () => {
  const verdict = await schemas.validate({ multipleOf: 7 }, readJson('1'.repeat(1_000_000)));
  assert.equal(verdict.kind, 'too long');
  const ids = `[${Array(10_000).fill('9007199254740993').join()}]`;
  assert.equal(await faultsOf('{"items":{"type":"integer","minimum":1,"multipleOf":1}}', ids), undefined);
});

for (const [schema, value, fault] of [
  ['{"type":"integer"}', '1.50', 'must be a whole number'],
  ['{"type":"string"}', '1.0', 'must be a string'],
  ['{"type":"object"}', '1.0', 'must be an object'],
  ['{"maximum":9007199254740992}', '9007199254740993', 'must be at most 9007199254740992'],
  ['{"minimum":9007199254740993}', '9007199254740992', 'must be at least 9007199254740993'],
  ['{"maximum":1}', '1e999999999999999999999', 'must be at most 1'],
  ['{"minimum":0}', '-1e400', 'must be at least 0'],
  ['{"const":9007199254740993}', '9007199254740992', 'must be 9007199254740993'],
  ['{"enum":[1e400]}', '1e401', 'must be one of 1e400'],
  ['{"uniqueItems":true}', '[1,1.0]', 'must have no item twice'],
  ['{"multipleOf":7}', '1e400', 'must be a multiple of 7'],
  ['{"multipleOf":10}', '1.0e0', 'must be a multiple of 10'],
] as const)
  test(`${value} does not satisfy ${schema}: ${fault}`, async () => {
    assert.equal(await faultsOf(schema, value), fault);
  });
