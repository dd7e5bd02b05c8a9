import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleBatch, exampleFor } from '../../../../console/state/examples.ts';
import { emptyForm, fieldOf, readForm } from '../../../../console/state/request-form.ts';
import { TaskRequest } from '../../../../core/tasks/task-request.ts';

test('what is empty is not said', () => {
  assert.deepEqual(readForm({ ...emptyForm, prompt: 'Hello' }).request, { type: 'custom', prompt: 'Hello' });
});

test('text becomes the data that built-in types read', () => {
  const read = (changes: object) => readForm({ ...emptyForm, ...changes }).request?.data;
  assert.deepEqual(read({ type: 'semantic_analysis', data: 'Fine' }), { text: 'Fine' });
  assert.deepEqual(read({ type: 'translation', data: 'Hi', targetLanguage: ' fr ' }), {
    text: 'Hi',
    target_language: 'fr',
  });
  assert.deepEqual(read({ type: 'category_match', data: 'Hi', categories: 'a\n\n b ' }), {
    text: 'Hi',
    categories: ['a', 'b'],
  });
});

test('JSON keeps its digits, and every option finds its place', () => {
  const { request } = readForm({
    ...emptyForm,
    type: 'custom',
    prompt: 'p',
    dataKind: 'json',
    data: '{"id":9007199254740993}',
    priority: 'low',
    provider: 'kimi',
    model: 'k2',
    strategy: 'cost',
    timeout: '60s',
    temperature: '0.5',
    maxTokens: '100',
    maxRetries: '0',
    cache: 'off',
    responseSchema: '{"type":"object"}',
    callbackUrl: 'https://example.com/',
    metadata: 'order=4711\nnote=a=b',
  });
  assert.match(JSON.stringify(request), /"id":9007199254740993/);
  assert.deepEqual(request?.config, {
    provider: 'kimi',
    model: 'k2',
    strategy: 'cost',
    timeout: '60s',
    temperature: 0.5,
    max_tokens: 100,
    max_retries: 0,
    cache_enabled: false,
    response_schema: { type: 'object' },
  });
  assert.deepEqual(request?.metadata, { order: '4711', note: 'a=b' });
});

test('what cannot be read is named by its field, all of it at once', () => {
  const { faults, request } = readForm({
    ...emptyForm,
    dataKind: 'json',
    data: '{',
    temperature: 'warm',
    metadata: 'order',
  });
  assert.equal(request, undefined);
  assert.deepEqual(
    faults?.map(({ field, kind }) => [field, kind]),
    [
      ['temperature', 'number'],
      ['metadata', 'pair'],
      ['data', 'json'],
    ],
  );
});

test('faults of the service find their field', () => {
  assert.equal(fieldOf('/config/max_tokens'), 'maxTokens');
  assert.equal(fieldOf('/data/text'), 'data');
  assert.equal(fieldOf('/config'), undefined);
});

test('the examples are tasks that the service takes', () => {
  const types = [
    'custom',
    'semantic_analysis',
    'data_cleaning',
    'category_match',
    'text_summarization',
    'translation',
  ];
  for (const type of types) {
    const { request } = readForm({ ...emptyForm, type, ...exampleFor(type) });
    assert.ok(TaskRequest.safeParse(request).success, type);
  }
  const lines = exampleBatch(20).trim().split('\n');
  assert.equal(lines.length, 20);
  for (const line of lines) assert.ok(TaskRequest.safeParse(JSON.parse(line)).success, line);
});
