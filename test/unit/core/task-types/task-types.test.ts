import assert from 'node:assert/strict';
import test from 'node:test';
import { generateFromSchema } from '../../../../adapters/generate-from-schema.ts';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { isStrict } from '../../../../adapters/openai-chat-body.ts';
import { taskTypes } from '../../../../config/task-types.ts';
import { checkTaskInput } from '../../../../core/task-types/check-task-input.ts';
import { estimateTokens } from '../../../../core/task-types/estimate-tokens.ts';
import type { JsonSchema } from '../../../../core/task-types/json-schemas.ts';
import { resultSchemaFor, type TaskType } from '../../../../core/task-types/task-type.ts';

const schemas = createJsonSchemas();
const typeOf = (name: string) => taskTypes.get(name) as TaskType;
const input = { prompt: null, data: { text: 'a', categories: ['one', 'two'] } };

test('the five built-in types and custom are there', () => {
  assert.deepEqual([...taskTypes.keys()].slice(0, 6), [
    'semantic_analysis',
    'data_cleaning',
    'category_match',
    'text_summarization',
    'translation',
    'custom',
  ]);
});

async function faultsOf(schema: JsonSchema, value: unknown) {
  const verdict = await schemas.validate(schema, value);
  assert.ok(verdict.kind === 'checked');
  return verdict.faults;
}

for (const type of taskTypes.values()) {
  const schema = resultSchemaFor(type, input);
  if (!schema) continue;
  test(`${type.name}: its schema is one, and a generated answer satisfies it`, async () => {
    assert.deepEqual(await schemas.check(schema), []);
    for (let seed = 0; seed < 20; seed += 1)
      assert.deepEqual(
        await faultsOf(
          schema,
          generateFromSchema(schema, (n) => (seed * 7) % n),
        ),
        [],
      );
  });
  test(`${type.name}: its schema is taken by strict mode`, () => {
    assert.equal(isStrict(schema), true);
  });
}

test('with a list of categories the schema allows no other', async () => {
  const schema = resultSchemaFor(typeOf('category_match'), input) as JsonSchema;
  const answer = { category: 'three', confidence: 1, reason: '', alternatives: [] };
  assert.equal((await faultsOf(schema, answer)).length > 0, true);
  assert.deepEqual(await faultsOf(schema, { ...answer, category: 'two' }), []);
  assert.deepEqual(await faultsOf(schema, { ...answer, category: null }), []);
});

test('the caller’s schema comes before the type’s', () => {
  const responseSchema = { type: 'object' };
  assert.equal(resultSchemaFor(typeOf('translation'), { ...input, responseSchema }), responseSchema);
});

test('what a type needs and is missing is named', async () => {
  const faults = async (name: string, task: object) =>
    (await checkTaskInput(typeOf(name), { prompt: null, ...task }, schemas)).map(({ pointer }) => pointer);
  assert.deepEqual(await faults('custom', {}), ['/prompt']);
  assert.deepEqual(await faults('custom', { prompt: '  ' }), ['/prompt']);
  assert.deepEqual(await faults('translation', {}), ['/data']);
  assert.deepEqual(await faults('translation', { prompt: 'Translate "hello" into German' }), []);
  assert.deepEqual(await faults('translation', { data: 'hello', responseSchema: { type: 'text' } }), [
    '/config/response_schema/type',
  ]);
});

test('tokens are estimated from bytes, and completions are limited by max_tokens', () => {
  const long = { prompt: null, data: { text: 'word '.repeat(4_000) } };
  const { prompt, completion } = estimateTokens(typeOf('translation'), long, undefined);
  assert.ok(prompt > 5_000 && prompt < 7_000, String(prompt));
  assert.ok(completion > prompt, String(completion));
  assert.equal(estimateTokens(typeOf('translation'), long, 100).completion, 100);
});

test('data and schemas that nest too deep are refused before anything walks them', async () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  const faults = await checkTaskInput(
    typeOf('translation'),
    { prompt: null, data: deep, responseSchema: { deep } },
    schemas,
  );
  assert.deepEqual(
    faults.map(({ pointer }) => pointer),
    ['/data', '/config/response_schema'],
  );
});
