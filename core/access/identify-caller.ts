import { createHash, timingSafeEqual } from 'node:crypto';
import { authTokens } from './auth-token.ts';
import { type Caller, openCaller } from './caller.ts';
import { scopes } from './scope.ts';
import type { Secret } from './secrets.ts';
import { defaultTenant } from './tenant.ts';
import { hasEnded, isTokenOf, readToken, tokenName } from './token.ts';
import type { Tokens } from './tokens.ts';

export interface IdentifyOptions {
  tokens: Tokens;
  /** LLM_AUTH_TOKEN as it is kept; undefined: the service is open, to whoever has no token of a tenant. */
  readAuthToken: (() => Promise<Secret | undefined>) | undefined;
  now: () => number;
}

/** By what LLM_AUTH_TOKEN lets in: `auth-token@<version>`. */
export const authTokenCredential = 'auth-token';

/**
 * Who sent this `Authorization` header; undefined: nobody who may. A token that was invented is refused without a read,
 * unless its checksum is right.
 */
export async function identifyCaller(
  header: string | undefined,
  { tokens, readAuthToken, now }: IdentifyOptions,
): Promise<Caller | undefined> {
  const token = readBearerToken(header);
  const key = token === undefined ? undefined : readToken(token);
  const record = key && (await tokens.read(key));
  if (token !== undefined && record && isTokenOf(token, record)) {
    if (hasEnded(record, now())) return undefined;
    return { tenant: record.tenant, scopes: record.scopes, credential: tokenName(record) };
  }
  // Of an open service: what clients send that cannot do without a token.
  if (readAuthToken === undefined) return key ? undefined : openCaller;
  const secret = token === undefined ? undefined : await readAuthToken();
  const isKnown = secret && authTokens(secret.value).some((each) => isSameToken(token ?? '', each));
  if (!isKnown) return undefined;
  return { tenant: defaultTenant, scopes, credential: `${authTokenCredential}@${secret.version}` };
}

/** The token of an `Authorization: Bearer <token>` header (RFC 6750, the scheme in any case). */
export function readBearerToken(header: string | undefined): string | undefined {
  return header?.match(/^bearer +([^\s]+) *$/i)?.[1];
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares in constant time: hashes are equally long, whatever the tokens are. */
function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}
