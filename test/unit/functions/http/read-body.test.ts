import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../../core/service-error.ts';
import {
  maxBodyBytes,
  maxEscapedBytes,
  readJsonBody,
} from '../../../../functions/http/middleware/read-body.ts';
import { makeEvent } from './invoke-handler.ts';

const read = (body: string | undefined, isBase64Encoded = false) =>
  readJsonBody(makeEvent('POST', '/x', { ...(body !== undefined && { body }), isBase64Encoded }));

test('JSON is read in any script', () => {
  assert.deepEqual(read('{"text":"你好 \\ud83d\\ude00 مرحبا"}'), { text: '你好 😀 مرحبا' });
});

test('a body that came as base64 is decoded', () => {
  assert.deepEqual(read(Buffer.from('{"a":"é"}').toString('base64'), true), { a: 'é' });
});

test('a body that is not JSON is refused, and the error quotes nothing of it', () => {
  for (const body of [undefined, '', '{', '{"a":1,}', "{'a':1}", 'secret'])
    assert.throws(
      () => read(body),
      (error: unknown) => {
        assert(error instanceof ServiceError);
        assert.equal(error.code, 'invalid_request');
        assert.doesNotMatch(JSON.stringify([error.message, error.faults, error.cause]), /secret/);
        return true;
      },
    );
});

test('bytes that are not UTF-8 are refused', () => {
  const latin1 = Buffer.from([0x22, 0xe9, 0x22]).toString('base64');
  assert.throws(() => read(latin1, true), { code: 'invalid_request' });
});

test('the size is counted in bytes, not in characters', () => {
  const overhead = '""'.length;
  const fits = `"${'é'.repeat((maxBodyBytes - overhead) / 2)}"`;
  assert.equal(Buffer.byteLength(fits), maxBodyBytes);
  assert.equal((read(fits) as string).length, (maxBodyBytes - overhead) / 2);
  assert.throws(() => read(`${fits} `), { code: 'payload_too_large' });
});

test('what Lambda counts twice counts twice, unless the body comes as base64', () => {
  // Two bytes in the body, four as they are counted.
  const pieces = (maxEscapedBytes - 4) / 4;
  const fits = `"${'\\"'.repeat(pieces)}"`;
  assert.equal(Buffer.byteLength(JSON.stringify(fits)) - 2, maxEscapedBytes);
  assert.equal((read(fits) as string).length, pieces);
  assert.throws(() => read(`${fits} `), { code: 'payload_too_large' });
  assert.equal((read(Buffer.from(`${fits} `).toString('base64'), true) as string).length, pieces);
});

test('nesting has a bound, and brackets in strings do not count', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  assert.doesNotThrow(() => read(nested(200)));
  for (const levels of [201, 1_000_000])
    assert.throws(() => read(nested(levels)), { code: 'invalid_request' });
  assert.doesNotThrow(() => read(JSON.stringify({ text: `\\"${'[{'.repeat(1000)}` })));
});
