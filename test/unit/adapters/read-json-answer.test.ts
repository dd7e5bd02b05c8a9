import assert from 'node:assert/strict';
import test from 'node:test';
import { readJsonAnswer } from '../../../adapters/read-json-answer.ts';

for (const [what, text, value] of [
  ['plain', '{"a":1}', { a: 1 }],
  ['fenced', 'Here it is:\n```json\n{"a":1}\n```\nDone.', { a: 1 }],
  ['after thinking', '<think>{"a":2}?</think>\n{"a":1}', { a: 1 }],
  ['with a remark before', 'Sure! {"a":1}', { a: 1 }],
  ['with a trailing comma', '{"a":1,}', { a: 1 }],
  ['with single quotes', "{'a': 1}", { a: 1 }],
  ['a list', '[1,2]', [1, 2]],
  ['with a raw line break', '{"a":"x\ny"}', { a: 'x\ny' }],
] as const)
  test(`an answer that is ${what} is read`, () => {
    assert.deepEqual(readJsonAnswer(text)?.value, value);
  });

test('an answer without JSON has no value', () => {
  assert.equal(readJsonAnswer('I cannot do that.'), undefined);
  assert.equal(readJsonAnswer(''), undefined);
});

test('an answer that nests deeper than any data has no value, whole or broken', () => {
  for (const deep of ['['.repeat(50_000), `${'['.repeat(50_000)}${']'.repeat(50_000)}`, '{"a":'.repeat(300)])
    assert.equal(readJsonAnswer(deep), undefined);
});

for (const [what, text] of [
  ['blanks after a fence', `\`\`\`${' '.repeat(300_000)}`],
  ['quotes that do not match', `["${'a"'.repeat(100_000)}`],
  ['numbers without commas', `[${'1 '.repeat(100_000)}`],
  ['escapes that end nothing', `[\\"${'a\\"'.repeat(100_000)}`],
] as const)
  test(`an answer of ${what} without end holds nobody up`, { timeout: 20_000 }, () => {
    readJsonAnswer(text);
  });
