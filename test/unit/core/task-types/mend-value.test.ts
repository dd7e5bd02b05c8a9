import assert from 'node:assert/strict';
import test from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { taskTypes } from '../../../../config/task-types.ts';
import type { JsonSchema } from '../../../../core/task-types/json-schemas.ts';
import { mendValue } from '../../../../core/task-types/mend-value.ts';
import { resultSchemaFor, type TaskType } from '../../../../core/task-types/task-type.ts';

const schemas = createJsonSchemas();
const data = { text: 'x', categories: ['billing', 'shipping', 'Technical support', 'other'] };
const schemaOf = (name: string) =>
  resultSchemaFor(taskTypes.get(name) as TaskType, { prompt: null, data }) as JsonSchema;

const match = { category: 'billing', confidence: 0.9, reason: 'r', alternatives: [] as unknown[] };
const analysis = {
  summary: 's',
  sentiment: 'positive',
  sentiment_score: 0.5,
  intent: 'i',
  topics: ['t'],
  entities: [{ name: 'n', kind: 'person' }],
  language: 'en',
};

async function mend(type: string, value: unknown) {
  const schema = schemaOf(type);
  const mended = mendValue(schema, value);
  const verdict = mended && (await schemas.validate(schema, mended.value));
  const isValid = verdict?.kind === 'checked' && verdict.faults.length === 0;
  return { isValid, value: mended?.value as Record<string, unknown>, repairs: mended?.repairs ?? [] };
}

test('what is right stays as it is, and nothing is listed', async () => {
  assert.deepEqual(await mend('category_match', match), { isValid: true, value: match, repairs: [] });
});

for (const [written, meant] of [
  [85, 0.85],
  [100, 1],
  [10, 1],
  [2, 1],
  [1.2, 1],
  [-3, 0],
  [1_000, 1],
  ['0.7', 0.7],
  ['85%', 0.85],
  ['85 %', 0.85],
  ['85', 0.85],
] as const)
  test(`a confidence of ${JSON.stringify(written)} is read as ${meant}, and that is listed`, async () => {
    const { isValid, value, repairs } = await mend('category_match', { ...match, confidence: written });
    assert.ok(isValid);
    assert.equal(value.confidence, meant);
    assert.deepEqual(repairs, [
      { pointer: '/confidence', detail: `${JSON.stringify(written)} was read as ${meant}` },
    ]);
  });

test('a score whose range is not that of a share is never taken for per cent of it', async () => {
  assert.equal(
    (await mend('semantic_analysis', { ...analysis, sentiment_score: -7 })).value.sentiment_score,
    -1,
  );
});

test('a name in other letters is that name, and none is none', async () => {
  const named = await mend('category_match', { ...match, category: ' technical_Support.' });
  assert.equal(named.value.category, 'Technical support');
  assert.ok(named.isValid);
  assert.equal((await mend('category_match', { ...match, category: 'None' })).value.category, null);
  assert.equal(
    (await mend('semantic_analysis', { ...analysis, sentiment: 'Positive' })).value.sentiment,
    'positive',
  );
});

test('a name that is none of the list, a text that is no number, what is missing: those are for the model', async () => {
  for (const broken of [
    { category: 'something else' },
    { confidence: 'high' },
    { confidence: null },
    { confidence: undefined },
    { reason: null },
  ])
    assert.equal(
      (await mend('category_match', JSON.parse(JSON.stringify({ ...match, ...broken })))).isValid,
      false,
    );
  assert.equal(
    (await mend('text_summarization', { summary: '', key_points: [], language: 'en' })).isValid,
    false,
  );
  assert.equal((await mend('translation', 'hello')).isValid, false);
});

test('a list that is too long is cut, items that cannot be put right and unknown members are left out', async () => {
  const { isValid, value, repairs } = await mend('category_match', {
    ...match,
    alternatives: [
      { category: 'shipping', confidence: 40 },
      { category: 'weather', confidence: 1 },
      { category: 'other', confidence: 0.1, why: 'x' },
      { category: 'billing', confidence: 0 },
      { category: 'shipping', confidence: 0 },
    ],
    note: 'done',
  });
  assert.ok(isValid);
  assert.deepEqual(value.alternatives, [
    { category: 'shipping', confidence: 0.4 },
    { category: 'other', confidence: 0.1 },
    { category: 'billing', confidence: 0 },
  ]);
  assert.deepEqual(
    repairs.map(({ pointer }) => pointer),
    ['/alternatives/0/confidence', '/alternatives/1', '/alternatives/2/why', '/alternatives', '/note'],
  );
});

test('what may be a text or a number stays what it is, and nothing of the cleaned data is left out', () => {
  const type = resultSchemaFor(taskTypes.get('data_cleaning') as TaskType, {
    prompt: null,
    data: {
      users: [
        { name: ' ALICE', born: '7' },
        { name: 'bob', born: null },
      ],
    },
  }) as JsonSchema;
  const cleaned = {
    users: [
      { name: 'Alice', born: '7' },
      { name: 'Bob', born: null },
    ],
  };
  const answer = { cleaned, changes: [{ field: 'f', before: 1, after: 'x' }], issues: null };
  const mended = mendValue(type, answer);
  assert.ok(mended);
  assert.deepEqual((mended.value as typeof answer).cleaned, cleaned);
  assert.deepEqual(
    mended.repairs.map(({ pointer }) => pointer),
    ['/changes/0/before', '/issues'],
  );
});

test('a list that is missing or null is empty', async () => {
  const { alternatives: _none, ...rest } = match;
  const missing = await mend('category_match', rest);
  assert.deepEqual([missing.isValid, missing.value.alternatives], [true, []]);
  const none = await mend('category_match', { ...match, alternatives: null });
  assert.deepEqual([none.isValid, none.value.alternatives], [true, []]);
});

test('a number where a text belongs is its text', async () => {
  const changes = [{ field: 'age', before: 7, after: 8 }];
  const cleaned = { text: 8, categories: [] };
  const { isValid, value } = await mend('data_cleaning', { cleaned, changes, issues: [] });
  assert.ok(isValid);
  assert.deepEqual(value.changes, [{ field: 'age', before: '7', after: '8' }]);
  assert.deepEqual(value.cleaned, cleaned, 'what the schema leaves free is not touched');
});

test('an answer with more slips than a few is another answer', () => {
  const schema = { type: 'array', items: { type: 'string' } };
  assert.equal(mendValue(schema, new Array(20).fill(1))?.repairs.length, 20);
  assert.equal(mendValue(schema, new Array(21).fill(1)), undefined);
});

test('a member named __proto__ changes nothing else', async () => {
  const answer = JSON.parse('{"cleaned":{},"changes":[],"issues":[],"__proto__":{"polluted":1}}');
  const { value } = await mend('data_cleaning', answer);
  assert.equal((value as { polluted?: unknown }).polluted, undefined);
});
