import { defaultTenant } from './tenant.ts';
import type { TokenKey, TokenRecord } from './token.ts';

/** Reads tenants' tokens. */
export interface Tokens {
  /** Undefined: there is none. */
  read(key: TokenKey): Promise<TokenRecord | undefined>;
}

/** All of them, for whoever administers them. */
export interface TokenRegistry {
  /** Of a tenant, or of all, in the order of their tenants; also those that ended within the last month. */
  list(tenant?: string): Promise<TokenRecord[]>;
  /** False: there is one of this id. */
  add(record: TokenRecord): Promise<boolean>;
  /** From `endsAt` (epoch ms) on it is refused, and no later than before. Undefined: there is none. */
  end(key: TokenKey, endsAt: number): Promise<TokenRecord | undefined>;
}

/** Every tenant that has a token, or had one within the last month; the first is that of LLM_AUTH_TOKEN. */
export async function listTenants(registry: Pick<TokenRegistry, 'list'>): Promise<string[]> {
  const records = await registry.list();
  return [...new Set([defaultTenant, ...records.map(({ tenant }) => tenant)])];
}

/** A token that was read is trusted so long: what was revoked is refused that much later. */
export const trustMs = 30_000;
/** One that is not there may be made at any time. */
const absentMs = 2_000;
const mostRemembered = 5_000;

/** Tokens from memory, where they were read a moment ago. */
export function rememberTokens(tokens: Tokens, now: () => number, trustedMs = trustMs): Tokens {
  const known = new Map<string, { record: TokenRecord | undefined; until: number }>();
  return {
    async read(key) {
      const name = `${key.tenant}_${key.id}`;
      const found = known.get(name);
      if (found && found.until > now()) return found.record;
      const record = await tokens.read(key);
      known.delete(name);
      known.set(name, { record, until: now() + (record ? trustedMs : Math.min(absentMs, trustedMs)) });
      const [oldest] = known.keys();
      if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
      return record;
    },
  };
}
