import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

type Secret = string | ArrayBuffer | ArrayBufferView;

/** More are the keys of days that have gone by, and what those are made of. */
const mostKeys = 16;
/** A signing key is the same object all day, the secret it is made of the same text. */
const keys = new Map<Secret, KeyObject>();

function keyOf(secret: Secret): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  if (keys.size >= mostKeys) keys.clear();
  const key = createSecretKey(toBytes(secret));
  keys.set(secret, key);
  return key;
}

function toBytes(data: Secret): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}

/**
 * SHA-256, or its HMAC with a secret, as the SDK's clients take it in place of their own: Node makes an object of the bytes of a
 * key each time, which costs eight times as much as the hash of a request.
 */
export class Sha256 {
  readonly #secret: Secret | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Secret) {
    this.#secret = secret;
    this.#hash = this.#start();
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(this.#secret));
  }
}
