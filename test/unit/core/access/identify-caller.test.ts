import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyCaller, readBearerToken } from '../../../../core/access/identify-caller.ts';

test('a bearer token is read whatever the case of its scheme', () => {
  assert.equal(readBearerToken('Bearer abc'), 'abc');
  assert.equal(readBearerToken('bearer  abc '), 'abc');
  for (const header of [undefined, '', 'abc', 'Basic abc', 'Bearer', 'Bearer a b'])
    assert.equal(readBearerToken(header), undefined);
});

test('only the expected token has a tenant', () => {
  assert.equal(identifyCaller('Bearer secret', 'secret'), 'default');
  for (const header of [undefined, 'Bearer secre', 'Bearer secret2', 'Bearer SECRET', 'secret'])
    assert.equal(identifyCaller(header, 'secret'), undefined);
});

test('where no token is configured every token is wrong', () => {
  assert.equal(identifyCaller('Bearer x', undefined), undefined);
  assert.equal(identifyCaller('Bearer ', ''), undefined);
});
