import assert from 'node:assert/strict';
import test from 'node:test';
import { readJsonAnswers } from '../../../adapters/read-json-answer.ts';
import { answerRepairs } from '../../../core/attempts/answer-repairs.ts';

const { textAround, json } = answerRepairs;
const read = (text: string, isCut = false) => readJsonAnswers(text, isCut);
const values = (text: string, isCut = false) => JSON.stringify(read(text, isCut).map(({ value }) => value));

for (const [what, text, expected] of [
  ['plain', ' {"a":1}\n', '[{"a":1}]'],
  ['a number', '42', '[42]'],
  ['a number of many digits', '{"id":9007199254740993}', '[{"id":9007199254740993}]'],
] as const)
  test(`an answer that is ${what} is read as it is`, () => {
    assert.equal(values(text), expected);
    assert.deepEqual(read(text)[0]?.repairs, []);
  });

for (const [what, text, expected] of [
  ['in a fence', 'Here it is:\n```json\n{"a":1}\n```\nDone.', '[{"a":1}]'],
  ['in a fence without a language', '```\n[1,2]\n```', '[[1,2]]'],
  ['a text in a fence', '```json\n"yes"\n```', '["yes"]'],
  ['behind a remark', 'Sure! {"a":1}', '[{"a":1}]'],
  ['before a remark', '{"a":1}\nI hope that this helps!', '[{"a":1}]'],
  ['behind a remark in brackets', '[Note: see below] {"a":1}', '[{"a":1}]'],
  ['behind a set', 'Of the set {x, y} it is {"a":1}', '[{"a":1}]'],
  ['behind a footnote', 'As said [1]: {"a":1}', '[[1],{"a":1}]'],
  ['there twice', '{"a":1}\n{"a":1}', '[{"a":1},{"a":1}]'],
  ['there twice, in other forms', 'Draft: {"a":0}. Final:\n```json\n{"a":1}\n```', '[{"a":0},{"a":1}]'],
  ['full of brackets in texts', 'So: {"a":"}] \\" {"} :-}', '[{"a":"}] \\" {"}]'],
  ['beside what is broken', '{\'b\': {"c":2}} and {"a":1}', '[{"a":1}]'],
  ['behind a smile', ':-[ Here: {"a":1}', '[{"a":1}]'],
] as const)
  test(`JSON that is ${what} is found whole`, () => {
    assert.equal(values(text), expected);
    assert.deepEqual(read(text)[0]?.repairs, [textAround]);
  });

for (const [what, text, expected] of [
  ['a trailing comma', '{"a":1,}', '[{"a":1}]'],
  ['single quotes', "{'a': 1}", '[{"a":1}]'],
  ['names without quotes', '{a: 1}', '[{"a":1}]'],
  ['a raw line break', '{"a":"x\ny"}', '[{"a":"x\\ny"}]'],
  ['comments', '{"a":1 /* one */}', '[{"a":1}]'],
  ['an inner quote that is not escaped', '{"a": "he said "hi" to me"}', '[{"a":"he said \\"hi\\" to me"}]'],
  ['a long number and a trailing comma', '{"id":9007199254740993,}', '[{"id":9007199254740993}]'],
] as const)
  test(`JSON with ${what} is put right where nothing is whole`, () => {
    assert.equal(values(text), expected);
    assert.deepEqual(read(text)[0]?.repairs, [json]);
  });

test('what is put right among remarks is told as both', () => {
  assert.deepEqual(read("Sure: {'a': 1} there.")[0]?.repairs, [textAround, json]);
});

for (const [what, text] of [
  ['a list in its text', '{"items":["alpha","beta","gam'],
  ['a list between its items', '{"items":[{"a":1},{"b":2}'],
  ['behind a name', '{"a":'],
  ['a fence', '```json\n{"a":[1,2\n```'],
  ['in single quotes', "{'a': 'x"],
] as const)
  test(`${what}, cut off, is never closed, whatever the model says of its end`, () => {
    assert.equal(values(text, true), '[]');
    assert.equal(values(text, false), '[]');
  });

test('of a cut answer nothing is put right, and the digits of a bare number may be half of it', () => {
  assert.equal(values('{"a":1,}', true), '[]');
  assert.equal(values('12', true), '[]');
  assert.equal(values('{"a":1} and then', true), '[{"a":1}]', 'what is whole is whole');
});

test('an answer without JSON has no value', () => {
  for (const text of ['I cannot do that.', '', '[', '{', 'a } b {']) assert.equal(values(text), '[]', text);
});

test('an answer that nests deeper than any data has no value, whole or broken', () => {
  for (const deep of ['['.repeat(50_000), `${'['.repeat(50_000)}${']'.repeat(50_000)}`, '{"a":'.repeat(300)])
    assert.equal(values(deep), '[]');
});

for (const [what, text] of [
  ['blanks after a fence', `\`\`\`${' '.repeat(300_000)}`],
  ['quotes that do not match', `["${'a"'.repeat(100_000)}`],
  ['numbers without commas', `[${'1 '.repeat(100_000)}`],
  ['escapes that end nothing', `[\\"${'a\\"'.repeat(100_000)}`],
  ['objects that are never closed', `${'x {"a": '.repeat(50_000)}`],
  ['brackets of remarks', `${'[see '.repeat(100_000)}`],
  ['broken pairs', `${'{"a":1;} '.repeat(30_000)}`],
] as const)
  test(`an answer of ${what} without end holds nobody up`, { timeout: 20_000 }, () => {
    read(text);
  });
