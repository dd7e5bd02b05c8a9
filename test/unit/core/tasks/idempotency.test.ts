import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveUuid, hashRequest, readIdempotencyKey } from '../../../../core/tasks/idempotency.ts';

test('a derived id is a UUID of version 8 and the same for the same parts', () => {
  const uuid = deriveUuid('task', 'default', 'key');
  assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(deriveUuid('task', 'default', 'key'), uuid);
});

test('parts that are split in another place give another id', () => {
  assert.notEqual(deriveUuid('a', 'b-c'), deriveUuid('a-b', 'c'));
  assert.notEqual(deriveUuid('task', 'x', 'y'), deriveUuid('task', 'x"', '"y'));
});

test('the order of members does not make another request, their values do', () => {
  assert.equal(hashRequest({ a: 1, b: { c: 2, d: 3 } }), hashRequest({ b: { d: 3, c: 2 }, a: 1 }));
  assert.notEqual(hashRequest({ a: [1, 2] }), hashRequest({ a: [2, 1] }));
  assert.notEqual(hashRequest({ a: 1 }), hashRequest({ a: '1' }));
});

test('a key has 1 to 255 characters', () => {
  assert.equal(readIdempotencyKey(undefined), undefined);
  assert.equal(readIdempotencyKey('k'.repeat(255))?.length, 255);
  for (const header of ['', ' ', 'k'.repeat(256)])
    assert.throws(() => readIdempotencyKey(header), { code: 'invalid_request' });
});
