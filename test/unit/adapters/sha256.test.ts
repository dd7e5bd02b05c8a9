import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Sha256 } from '../../../adapters/sha256.ts';

const text = Buffer.from('a request, "é" and 語');

async function digestOf(hash: Sha256): Promise<string> {
  hash.update(text);
  return Buffer.from(await hash.digest()).toString('hex');
}

test('a hash is that of Node, and after a reset again', async () => {
  const expected = createHash('sha256').update(text).digest('hex');
  const hash = new Sha256();
  assert.equal(await digestOf(hash), expected);
  hash.reset();
  assert.equal(await digestOf(hash), expected);
});

test('with a secret it is the HMAC, whatever the secret is held in', async () => {
  const secret = Buffer.from('…AWS4secret…').subarray(3, 13);
  const expected = createHmac('sha256', secret).update(text).digest('hex');
  const whole = new ArrayBuffer(secret.byteLength);
  new Uint8Array(whole).set(secret);
  for (const held of [secret.toString(), secret, new Uint8Array(secret), whole]) {
    const hash = new Sha256(held);
    assert.equal(await digestOf(hash), expected);
    hash.reset();
    assert.equal(await digestOf(hash), expected);
  }
});

test('a key that was forgotten for others, or that came back, gives what it gave', async () => {
  const secrets = Array.from({ length: 40 }, (_, index) => new Uint8Array(32).fill(index));
  for (const secret of [...secrets, ...secrets])
    assert.equal(await digestOf(new Sha256(secret)), createHmac('sha256', secret).update(text).digest('hex'));
});

test('of one secret a key is made once: it is not read again', async () => {
  const secret = new Uint8Array(32).fill(200);
  const first = await digestOf(new Sha256(secret));
  secret.fill(0);
  assert.equal(await digestOf(new Sha256(secret)), first);
});
