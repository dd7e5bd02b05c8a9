import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { parseRequest, toPointer } from '../../../core/parse-request.ts';
import { ServiceError } from '../../../core/service-error.ts';

const Schema = z.strictObject({ name: z.string(), list: z.array(z.strictObject({ n: z.int() })).optional() });

function faultsOf(value: unknown, at?: string) {
  try {
    parseRequest(Schema, value, at);
  } catch (error) {
    assert(error instanceof ServiceError);
    assert.equal(error.code, 'invalid_request');
    return error.faults;
  }
  return [];
}

test('a pointer escapes what RFC 6901 says', () => {
  assert.equal(toPointer(['a/b', '~c', 0]), '/a~1b/~0c/0');
  assert.equal(toPointer([]), '');
});

test('every unknown field is named by its own pointer', () => {
  assert.deepEqual(
    faultsOf({ name: 'x', colour: 1, 'a/b': 2 }).map(({ pointer }) => pointer),
    ['/colour', '/a~1b'],
  );
});

test('an unknown field deep inside is named from the root', () => {
  assert.deepEqual(
    faultsOf({ name: 'x', list: [{ n: 1 }, { n: 1, m: 2 }] }).map(({ pointer }) => pointer),
    ['/list/1/m'],
  );
});

test('a missing field is said to be required', () => {
  assert.deepEqual(faultsOf({}), [{ pointer: '/name', detail: 'is required' }]);
});

test('a body that is not an object is a fault of the whole', () => {
  for (const body of [null, [], 'text', 3]) assert.equal(faultsOf(body)[0]?.pointer, '');
});

test('faults of a part are counted from the whole body', () => {
  assert.equal(faultsOf({ name: 1 }, '/tasks/4')[0]?.pointer, '/tasks/4/name');
});

test('an answer is not larger than what it refuses', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field${index}`, 1]));
  assert.equal(faultsOf({ name: 'x', ...many }).length, 50);
  const [fault] = faultsOf({ name: 'x', ['y'.repeat(1_000_000)]: 1 });
  assert.equal(fault?.pointer.length, 201);
});

test('of a value that may have several forms the fault is told of the one that it has', () => {
  const Part = z.object({ text: z.string() });
  const schema = z.object({ input: z.union([z.string(), z.array(Part)]) });
  const pointerOf = (input: unknown) => {
    try {
      parseRequest(schema, { input });
    } catch (error) {
      if (error instanceof ServiceError) return error.faults.map(({ pointer }) => pointer);
    }
    return [];
  };
  assert.deepEqual(pointerOf([{ text: 'a' }, { text: 1 }, {}]), ['/input/1/text', '/input/2/text']);
  assert.deepEqual(pointerOf(7), ['/input'], 'it has none of them');
  assert.deepEqual(pointerOf('a'), []);
});
