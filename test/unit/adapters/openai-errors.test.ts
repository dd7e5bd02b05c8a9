import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRefusal } from '../../../adapters/openai-errors.ts';
import { findProvider } from '../../../config/providers.ts';

const kimi = findProvider('kimi');
assert.ok(kimi);

const refusals: readonly [error: object, kind: string][] = [
  [{ code: 'rate_limit_exceeded' }, 'rate_limited'],
  [{ type: 'rate_limit_error' }, 'rate_limited'],
  [{ code: 429 }, 'rate_limited'],
];
for (const [error, kind] of refusals) {
  test(`an answer of status 200 with the error ${JSON.stringify(error)} is ${kind}`, () => {
    assert.equal(readRefusal(kimi, { error }, 0).kind, kind);
  });
}

test('an answer of status 200 that names no error is an outage, in the words of who read it', () => {
  for (const answer of [{}, null, { error: {} }, []]) {
    const { kind, message } = readRefusal(kimi, answer, 0, 'The stream broke off');
    assert.deepEqual([kind, message], ['outage', 'The stream broke off']);
  }
  const { kind, message } = readRefusal(
    kimi,
    { error: { message: 'of sk-secret1' } },
    0,
    'The stream broke off',
  );
  assert.deepEqual([kind, message], ['outage', 'The stream broke off: of …']);
});
