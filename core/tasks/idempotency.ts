import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { ServiceError } from '../service-error.ts';

/** For how long the same key is answered by the first answer. */
export const idempotencyMs = 24 * 60 * 60 * 1000;

export const maxIdempotencyKeyLength = 255;

/** The key of the `Idempotency-Key` header; throws `invalid_request` for one that is empty or too long. */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = header.trim();
  if (key.length >= 1 && key.length <= maxIdempotencyKeyLength) return key;
  throw new ServiceError('invalid_request', `Idempotency-Key has 1 to ${maxIdempotencyKeyLength} characters`);
}

/**
 * A UUID (version 8, RFC 9562 §5.8) made of the parts, so that a repeated request finds what it made before
 * instead of making it twice.
 */
export function deriveUuid(...parts: string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * The ids of the tasks that a key may have made, the latest generation last: a task may be kept for longer than its key
 * counts, and past that the key makes another.
 */
export function* idsOfKey(tenant: string, key: string): Generator<string, never> {
  for (let generation = 0; ; generation += 1)
    yield `task_${deriveUuid('task', tenant, key, String(generation))}`;
}

/** Equal for requests that mean the same: the order of members and the white space do not count. */
export function hashRequest(body: unknown): string {
  return createHash('sha256').update(canonicalJson(body)).digest('base64url');
}

export function idempotencyKeyReused(): ServiceError {
  return new ServiceError(
    'idempotency_key_reused',
    'This Idempotency-Key came with another body before; use a new key for a new request',
  );
}
