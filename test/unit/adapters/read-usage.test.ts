import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUsage } from '../../../adapters/read-usage.ts';

test('a usage is read also where its numbers are texts', () => {
  assert.deepEqual(readUsage({ prompt_tokens: '12', completion_tokens: 3 }), {
    promptTokens: 12,
    completionTokens: 3,
  });
});

test('the tokens of the prompt are what the total leaves', () => {
  assert.deepEqual(readUsage({ total_tokens: 9, completion_tokens: 4 }), {
    promptTokens: 5,
    completionTokens: 4,
  });
});

test('what is no usage tells none', () => {
  for (const value of [undefined, null, 'none', 7, [], {}, { prompt_tokens: -1 }]) {
    assert.equal(readUsage(value), undefined, JSON.stringify(value));
  }
});
