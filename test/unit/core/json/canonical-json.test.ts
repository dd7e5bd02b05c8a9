import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../../../core/json/canonical-json.ts';
import { readJson } from '../../../../core/json/read-json.ts';
import { identity, numberTexts, type Written, write, writtenValues } from '../../../fakes/json-texts.ts';

const keyOf = (text: string) => canonicalJson(readJson(text));

test('the order of members and white space make no other text', () => {
  fc.assert(
    fc.property(writtenValues, (value) => {
      assert.equal(keyOf(write(value, '\n ', true)), keyOf(write(value)));
    }),
    { numRuns: 500 },
  );
});

test('values that differ have other texts, numbers that differ in a digit too', () => {
  const near = (value: Written, number: string): Written => ({ items: [value, { number }] });
  const pairs = fc.oneof(
    fc.tuple(writtenValues, writtenValues),
    fc
      .tuple(writtenValues, numberTexts, numberTexts)
      .map(([value, one, other]): [Written, Written] => [near(value, one), near(value, other)]),
  );
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      const isSame = JSON.stringify(identity(one)) === JSON.stringify(identity(other));
      assert.equal(keyOf(write(one)) === keyOf(write(other)), isSame);
    }),
    { numRuns: 1_000 },
  );
});

for (const [one, other] of [
  ['9007199254740993', '9007199254740992'],
  ['1', '1.0'],
  ['0', '-0'],
  ['1e400', 'null'],
  ['1e400', '1e401'],
  ['0.1', '0.10'],
  ['1', '"1"'],
  ['{"rawJSON":"1.0"}', '1.0'],
  ['"\\ud800"', '"\\ufffd"'],
  ['"\\ud800"', '"\\\\ud800"'],
  ['{"__proto__":1}', '{}'],
] as const)
  test(`${one} is not ${other}`, () => {
    assert.notEqual(keyOf(one), keyOf(other));
  });
