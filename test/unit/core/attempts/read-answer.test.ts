import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { readAnswer } from '../../../../core/attempts/read-answer.ts';

const schemas = createJsonSchemas();
const schema = {
  type: 'object',
  properties: { id: { type: 'integer' } },
  required: ['id'],
  additionalProperties: false,
};

const read = async (content: string, finishReason = 'stop', form: object = schema) => {
  const usage = { promptTokens: 1, completionTokens: 1 };
  const reply = { content, finishReason, usage, providerRequestId: null };
  const reading = await readAnswer(schemas, { schema: form as typeof schema, mends: false }, reply);
  return { ...reading, data: reading.data === undefined ? undefined : JSON.stringify(reading.data) };
};

test('of several values the first that satisfies the schema counts', async () => {
  const { data, faults } = await read('An example: {"id":"x"}. Yours: {"id":9007199254740993}. Or {"id":3}');
  assert.deepEqual([data, faults], ['{"id":9007199254740993}', []]);
});

test('where none satisfies it, the faults of the first are told in plain words', async () => {
  const { data, faults } = await read('{"id":"x"} or {"name":1}');
  assert.equal(data, '{"id":"x"}');
  assert.deepEqual(faults, [{ pointer: '/id', detail: 'must be a whole number' }]);
});

test('what is whole is not put right into something else', async () => {
  assert.equal((await read("{'id': 2,} [1]")).data, '[1]');
  assert.equal((await read("{'id': 2,}")).data, '{"id":2}');
});

test('an answer that was cut off says so, whatever could be made of it', async () => {
  for (const [content, form] of [
    ['{"id":12', schema],
    ['{"items":[{"id":1},{"id":2}', { type: 'object' }],
    ['{"id":1,}', schema],
    ['12', { type: 'integer' }],
  ] as const) {
    const { data, faults } = await read(content, 'length', form);
    assert.deepEqual([data, faults], [undefined, [{ pointer: '', detail: 'was cut off: be shorter' }]]);
  }
  assert.equal((await read('{"id":1}\n{"i', 'length')).data, '{"id":1}');
});

test('an answer of a thousand values is held against the schema a few times', {
  timeout: 10_000,
}, async () => {
  const { faults } = await read('{"id":"x"} '.repeat(10_000));
  assert.equal(faults.length, 1);
});
