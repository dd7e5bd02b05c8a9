import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readItemFailures } from '../../../../local/lambda/item-failures.ts';

test('a batch is done when its answer names no failure, as by saying nothing', () => {
  for (const payload of ['', 'null', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}'])
    assert.deepEqual(readItemFailures(payload), [], payload);
});

test('failures are told by their identifiers, and an answer that cannot be read is none', () => {
  const failures = '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"}]}';
  assert.deepEqual(readItemFailures(failures), ['a', 'b']);
  assert.equal(readItemFailures('two of three'), undefined);
  assert.equal(readItemFailures('{"batchItemFailures":7}'), undefined);
});
