import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUsage, settleUsage, type ToldUsage } from '../../../adapters/read-usage.ts';
import { findProvider } from '../../../config/providers.ts';
import { readJson } from '../../../core/json/read-json.ts';

const provider = (name: string) => findProvider(name) ?? assert.fail(name);
const read = (usage: unknown, name = 'local') => readUsage(provider(name), { usage });
const known = (usage: ToldUsage | undefined) => JSON.parse(JSON.stringify(usage ?? null)) as unknown;

for (const [what, usage, expected] of [
  ['texts', { prompt_tokens: '12', completion_tokens: ' 3 ' }, { prompt: 12, completion: 3 }],
  ['fractions', { prompt_tokens: 12.4, completion_tokens: 2.6 }, { prompt: 12, completion: 3 }],
  [
    'numbers as JSON may write them',
    readJson('{"prompt_tokens":12.0,"completion_tokens":3e0}'),
    { prompt: 12, completion: 3 },
  ],
  ['a total and the answer', { total_tokens: 9, completion_tokens: 4 }, { prompt: 5, completion: 4 }],
  ['a total and the prompt', { total_tokens: 9, prompt_tokens: 5 }, { prompt: 5, completion: 4 }],
  [
    'thoughts beside the answer, as the total tells',
    { prompt_tokens: 10, completion_tokens: 5, reasoning_tokens: 7, total_tokens: 22 },
    { prompt: 10, completion: 12, reasoning: 7 },
  ],
  [
    'thoughts within the answer, as the total tells',
    { prompt_tokens: 10, completion_tokens: 12, reasoning_tokens: 7, total_tokens: 22 },
    { prompt: 10, completion: 12, reasoning: 7 },
  ],
  ['the prompt alone', { prompt_tokens: 5 }, { prompt: 5 }],
  ['one count that is none', { prompt_tokens: 5, completion_tokens: [3] }, { prompt: 5 }],
  ['a count above any window', { prompt_tokens: 1e300, completion_tokens: 3 }, { completion: 3 }],
  [
    'details that are null',
    { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: null },
    { prompt: 5, completion: 1 },
  ],
] as const)
  test(`usage of ${what} is read as far as it is one`, () => {
    assert.deepEqual(known(read(usage)), expected);
  });

test('what is no usage tells none', () => {
  for (const value of [
    undefined,
    null,
    'none',
    7,
    [],
    [{ prompt_tokens: 5 }],
    {},
    { prompt_tokens: -1 },
    { prompt_tokens: 0, completion_tokens: 0 },
  ])
    assert.equal(read(value), undefined, JSON.stringify(value));
});

test('thoughts that a provider counts apart are paid as output, and cached tokens are never more than the prompt', () => {
  const gemini = { prompt_tokens: 21, completion_tokens: 20, total_tokens: 101 };
  assert.deepEqual(known(read(gemini, 'gemini')), { prompt: 21, completion: 80 });
  const told = {
    ...gemini,
    completion_tokens: 0,
    total_tokens: 81,
    completion_tokens_details: { reasoning_tokens: 60 },
  };
  assert.deepEqual(known(read(told)), { prompt: 21, completion: 60, reasoning: 60 });
  const request = { messages: [] };
  const usage = settleUsage({ prompt: 5, completion: 2, cached: 9, reasoning: 7 }, request, '');
  assert.deepEqual(usage, {
    promptTokens: 5,
    completionTokens: 2,
    cachedPromptTokens: 5,
    reasoningTokens: 2,
  });
});

test('a count that nobody told is a guess by the text, and marked', () => {
  const request = { messages: [{ role: 'user', content: 'some words of a prompt' }] };
  const none = settleUsage(undefined, request, 'and some of an answer');
  assert.ok(none.promptTokens > 0 && none.completionTokens > 0);
  assert.equal(none.estimated, true);
  const half = settleUsage({ prompt: 12 }, request, 'and some of an answer');
  assert.deepEqual(
    { ...half, completionTokens: half.completionTokens > 0 },
    { promptTokens: 12, completionTokens: true, estimated: true },
  );
  assert.equal(settleUsage({ prompt: 1, completion: 0 }, request, '').estimated, undefined);
});
