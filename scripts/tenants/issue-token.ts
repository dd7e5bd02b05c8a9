import { randomBytes } from 'node:crypto';
import { scopes as allScopes, type Scope } from '../../core/access/scope.ts';
import { Tenant } from '../../core/access/tenant.ts';
import { makeToken, type TokenRecord, tokenBytes } from '../../core/access/token.ts';
import type { TokenRegistry } from '../../core/access/tokens.ts';
import { parseDuration } from '../../core/duration.ts';

export type TokenTerms = Pick<TokenRecord, 'scopes' | 'name' | 'endsAt'>;

/** Options of the subcommands that make a token. */
export const termOptions = {
  scopes: { type: 'string', default: 'submit,read' },
  name: { type: 'string' },
  expires: { type: 'string' },
} as const;
export const termsForm = '[--scopes submit,read,operate] [--name <text>] [--expires 90d]';

/** Throws an Error that names the tenant's fault. */
export function readTenant(text: string): string {
  const read = Tenant.safeParse(text);
  if (!read.success)
    throw new Error(`A tenant's name ${read.error.issues[0]?.message}, not ${JSON.stringify(text)}`);
  return read.data;
}

/** Throws an Error that names what is wrong. */
export function readTerms(
  given: { scopes: string; name?: string; expires?: string },
  now: number,
): TokenTerms {
  const named = given.scopes.split(',').map((scope) => scope.trim());
  const unknown = named.find((scope) => !allScopes.some((each) => each === scope));
  if (unknown !== undefined)
    throw new Error(`--scopes are ${allScopes.join(', ')}, not ${JSON.stringify(unknown)}`);
  if (given.name !== undefined && !/^[^\p{C}]{1,64}$/u.test(given.name))
    throw new Error('--name has 1 to 64 characters on one line');
  const lasts = given.expires === undefined ? undefined : parseDuration(given.expires);
  if (given.expires !== undefined && !lasts)
    throw new Error(`--expires is a duration such as 90d, not ${JSON.stringify(given.expires)}`);
  return {
    scopes: allScopes.filter((scope): scope is Scope => named.includes(scope)),
    name: given.name ?? null,
    endsAt: lasts === undefined ? null : now + lasts,
  };
}

/** Keeps a new token's hash and prints the token, which nobody can read again. */
export async function issueToken(
  tenant: string,
  { scopes, name, endsAt }: TokenTerms,
  registry: TokenRegistry,
  now: number,
): Promise<void> {
  const { token, ...kept } = makeToken(tenant, randomBytes(tokenBytes));
  if (!(await registry.add({ ...kept, scopes, name, endsAt, createdAt: now })))
    throw new Error('There is a token of this id already: try again');
  console.error('Keep this token: it is shown this once.');
  console.log(token);
}
