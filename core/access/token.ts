import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope } from './scope.ts';

// `llm_<tenant>_<id>_<secret><checksum>`: what is shown once, of which only a hash is kept. The id finds its row, the
// checksum tells an invented or mistyped token without a read.

const idBytes = 6;
const secretBytes = 24;
const checksumDigits = 8;
/** How much randomness a new token takes. */
export const tokenBytes = idBytes + secretBytes;

const idDigits = idBytes * 2;
const secretDigits = secretBytes * 2;
const idPattern = new RegExp(`^(?:llm_)?([a-z0-9-]{1,32})_([0-9a-f]{${idDigits}})$`);
const tokenPattern = new RegExp(
  `^llm_([a-z0-9-]{1,32})_([0-9a-f]{${idDigits}})_([0-9a-f]{${secretDigits + checksumDigits}})$`,
);

/** A token of a tenant as it is kept. Times are epoch ms. */
export interface TokenRecord {
  tenant: string;
  id: string;
  /** SHA-256 of the whole token in hex. Its 192 random bits need no slower hash. */
  hash: string;
  scopes: Scope[];
  /** What it is for, in its owner's words. */
  name: string | null;
  createdAt: number;
  /** From then on it is refused. Null: it has no end. */
  endsAt: number | null;
}

/** What finds a token's row. */
export type TokenKey = Pick<TokenRecord, 'tenant' | 'id'>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const checksum = (body: string) => sha256(body).slice(0, checksumDigits);

/** @param random `tokenBytes` of it */
export function makeToken(tenant: string, random: Uint8Array): TokenKey & { token: string; hash: string } {
  const digits = Buffer.from(random).toString('hex');
  const id = digits.slice(0, idDigits);
  const body = `llm_${tenant}_${id}_${digits.slice(idDigits)}`;
  const token = body + checksum(body);
  return { tenant, id, token, hash: sha256(token) };
}

/** Undefined: it is no token that this service made. */
export function readToken(token: string): TokenKey | undefined {
  const [, tenant, id] = tokenPattern.exec(token) ?? [];
  if (tenant === undefined || id === undefined) return undefined;
  const body = token.slice(0, -checksumDigits);
  return checksum(body) === token.slice(-checksumDigits) ? { tenant, id } : undefined;
}

/** How a token is called, which is how it begins: `<tenant>_<id>`. */
export const tokenName = ({ tenant, id }: TokenKey) => `${tenant}_${id}`;

/** Reads a token's name, or the token itself. */
export function readTokenName(text: string): TokenKey | undefined {
  const [, tenant, id] = idPattern.exec(text) ?? [];
  return tenant !== undefined && id !== undefined ? { tenant, id } : readToken(text);
}

/** Whether this is the token of the record, and not one that only has its id. */
export function isTokenOf(token: string, { hash }: TokenRecord): boolean {
  return timingSafeEqual(Buffer.from(sha256(token)), Buffer.from(hash.padEnd(64).slice(0, 64)));
}

export const hasEnded = ({ endsAt }: TokenRecord, now: number) => endsAt !== null && endsAt <= now;
