import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authTokenFault, authTokens, authTokenWarning } from '../../../../core/access/auth-token.ts';
import { headerFault } from '../../../../core/access/header-fault.ts';

const long = 'a-token-of-more-than-twenty';

test('a token, or two with a comma between them, are taken', () => {
  assert.deepEqual(authTokens(long), [long]);
  assert.deepEqual(authTokens(` ${long} , old `), [long, 'old']);
});

test('what can be no header is told, and none of it is taken', () => {
  for (const [value, expected] of [
    ['one\ntwo', /several lines/],
    ['one two', /a space in it/],
    ['tökén', /not ASCII/],
    ['one,', /nothing beside a comma/],
    ['one,two,three', /more than two tokens/],
    [`${long},b c`, /a space in it/],
  ] as const) {
    assert.match(authTokenFault(value) ?? '', expected, value);
    assert.deepEqual(authTokens(value), [], value);
  }
  assert.equal(headerFault('sk-0123'), undefined);
});

test('a token of under 20 characters is warned of', () => {
  assert.equal(authTokenWarning(long), undefined);
  for (const value of ['short', '1234567890123456789', `${long},short`])
    assert.match(authTokenWarning(value) ?? '', /under 20 characters/, value);
});
