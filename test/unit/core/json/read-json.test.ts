import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonReadError, readJson, readJsonAt } from '../../../../core/json/read-json.ts';
import { write, writtenValues } from '../../../fakes/json-texts.ts';

/** V8's own parser tells the source of each number. */
function withSources(text: string): unknown {
  const revive = (_name: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' ? { digits: context.source } : value;
  return (JSON.parse as (text: string, revive: (...all: never[]) => unknown) => unknown)(text, revive);
}

test('any JSON is read as V8 reads it, but for numbers, which are written again as they came', () => {
  fc.assert(
    fc.property(writtenValues, fc.constantFrom('', ' ', '\r\n\t'), (value, blank) => {
      const text = write(value, blank);
      assert.deepEqual(withSources(JSON.stringify(readJson(text))), withSources(text));
    }),
    { numRuns: 500 },
  );
});

test('what is no JSON to V8 is none here, and the other way round', () => {
  const piece = fc.constantFrom(
    ...'{}[],:"\\ \n0123.-+eEuntf',
    'true',
    'null',
    '\\u0',
    '"a"',
    '\u0000',
    '\ufeff',
    "'",
  );
  const broken = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const cut = fc.tuple(writtenValues, fc.nat(), piece).map(([value, at, more]) => {
    const text = write(value);
    const place = at % (text.length + 1);
    return text.slice(0, place) + more + text.slice(place + 1);
  });
  fc.assert(
    fc.property(fc.oneof(broken, cut), (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if (isJson) readJson(text);
      else assert.throws(() => readJson(text), JsonReadError);
    }),
    { numRuns: 3_000 },
  );
});

test('a fault is told by its place and not by what stands there', () => {
  for (const [text, message, position] of [
    ['{"secret": }', 'lacks a value', 11],
    ['{"a":1 "secret":2}', 'lacks a comma or a closing bracket', 7],
    ['["secret', 'ends inside a string', 8],
    ['{secret:1}', 'lacks a name in double quotes', 1],
    ['["a\\x"]', 'has a string with a wrong escape, or a control character that is not escaped', 1],
    ['{} secret', 'goes on after its value', 3],
    ['', 'lacks a value', 0],
    ['['.repeat(201), 'is nested more than 200 levels deep', 200],
  ] as const)
    assert.throws(
      () => readJson(text),
      (error) => error instanceof JsonReadError && error.message === message && error.position === position,
      text,
    );
});

test('of a name that comes twice the last value counts, or it is refused by its path', () => {
  assert.deepEqual(readJson('{"a":1,"a":2}'), { a: 2 });
  assert.throws(
    () => readJson('[{"b":{"__proto__":1,"x":2,"__proto__":1}}]', 'refuse'),
    (error) => error instanceof JsonReadError && error.path.join() === '0,b,__proto__',
  );
});

test('__proto__ is a name like any other', () => {
  const value = readJson('{"__proto__":{"polluted":1},"a":2}') as object;
  assert.deepEqual(Object.keys(value), ['__proto__', 'a']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test('a value inside of a text is read to its end', () => {
  assert.deepEqual(readJsonAt('so: {"a":[1]}, yes', 4), { value: { a: [1] }, end: 13 });
  assert.throws(() => readJsonAt('so: {"a":[1', 4), JsonReadError);
});
