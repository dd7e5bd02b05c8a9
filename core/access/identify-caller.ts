import { createHash, timingSafeEqual } from 'node:crypto';

/** The tenant of every caller: a deployment has one token. */
export const defaultTenant = 'default';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares in constant time: hashes are equally long, whatever the tokens are. */
function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** The token of an `Authorization: Bearer <token>` header (RFC 6750, the scheme in any case). */
export function readBearerToken(header: string | undefined): string | undefined {
  return header?.match(/^bearer +([^\s]+) *$/i)?.[1];
}

/** The tenant that the header's token belongs to; undefined when it belongs to none. */
export function identifyCaller(header: string | undefined, expected: string | undefined): string | undefined {
  const given = readBearerToken(header);
  if (given === undefined || expected === undefined || expected === '') return undefined;
  return isSameToken(given, expected) ? defaultTenant : undefined;
}
