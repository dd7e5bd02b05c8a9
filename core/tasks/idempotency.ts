import { createHash } from 'node:crypto';
import { canonicalJson } from '../json/canonical-json.ts';
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

/** Equal for requests that mean the same: the order of members and the white space do not count. */
export function hashRequest(body: unknown): string {
  return createHash('sha256').update(canonicalJson(body)).digest('base64url');
}

/** Only requests that have a key are compared. */
export function hashKeyed(body: unknown, idempotencyKey: string | undefined): string {
  return idempotencyKey === undefined ? '' : hashRequest(body);
}

/** Keys of each are independent of the others'. */
export type KeyScope = 'task' | 'batch' | 'openai_batch';

/** The first request that came with a key. */
export interface FirstRequest {
  requestHash: string;
  /** Of the task or batch that it makes. */
  uuid: string;
  /** Epoch ms. */
  madeAt: number;
}

/** What the keys of the last 24 hours stand for. A key is taken before anything is made, so that it makes one thing. */
export interface IdempotencyKeys {
  /** Undefined: no request of the last 24 hours came with the key. */
  find(scope: KeyScope, tenant: string, key: string, now: number): Promise<FirstRequest | undefined>;
  /** Takes the key for a request unless another one has it; answers whose it is. */
  take(scope: KeyScope, tenant: string, key: string, request: FirstRequest): Promise<FirstRequest>;
}

/** A request as its key is looked up. */
export interface KeyedRequest {
  tenant: string;
  idempotencyKey: string | undefined;
  requestHash: string;
  now: number;
}

/** The first request under the key, if there was one. Throws `idempotency_key_reused` where it had another body. */
export async function findFirst(
  keys: IdempotencyKeys,
  scope: KeyScope,
  { tenant, idempotencyKey, requestHash, now }: KeyedRequest,
): Promise<FirstRequest | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const first = await keys.find(scope, tenant, idempotencyKey, now);
  if (first && first.requestHash !== requestHash) throw idempotencyKeyReused();
  return first;
}

/** The UUID that the request is to use: its own, or the one of an equal request that was faster. Throws as `findFirst` does. */
export async function takeKey(
  keys: IdempotencyKeys,
  scope: KeyScope,
  { tenant, idempotencyKey, requestHash, now }: KeyedRequest,
  uuid: string,
): Promise<string> {
  if (idempotencyKey === undefined) return uuid;
  const first = await keys.take(scope, tenant, idempotencyKey, { requestHash, uuid, madeAt: now });
  if (first.requestHash !== requestHash) throw idempotencyKeyReused();
  return first.uuid;
}

function idempotencyKeyReused(): ServiceError {
  return new ServiceError(
    'idempotency_key_reused',
    'This Idempotency-Key came with another body before; use a new key for a new request',
  );
}
