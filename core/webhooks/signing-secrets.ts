import * as z from 'zod';
import { defaultTenant } from '../access/tenant.ts';
import { ServiceError } from '../service-error.ts';

/** Standard Webhooks 1.0: `whsec_` and the base64 of 24 to 64 bytes. */
const secretPattern = /^whsec_[A-Za-z0-9+/_-]+={0,2}$/;
const bytesOf = (secret: string) => Buffer.from(secret.slice('whsec_'.length), 'base64');
const isSecret = (text: string) => {
  const { byteLength } = bytesOf(text);
  return secretPattern.test(text) && byteLength >= 24 && byteLength <= 64;
};

const Secret = z.string().refine(isSecret);
const ByTenant = z.record(z.string(), z.array(Secret).min(1).max(2));

/**
 * A tenant's signing keys, the newest first; two while one replaces the other. The parameter holds
 * `whsec_…[,whsec_…]` for the default tenant or `{"<tenant>": ["whsec_…"]}`. Undefined: the tenant has none.
 * For any other value throws `internal`, retryable: an operator can correct the parameter.
 */
export function signingKeys(parameter: string | undefined, tenant: string): Buffer[] | undefined {
  if (parameter === undefined) return undefined;
  const text = parameter.trim();
  const byTenant = ByTenant.safeParse(
    text.startsWith('{') ? parseJson(text) : { [defaultTenant]: split(text) },
  );
  // zod's message would quote the value.
  if (!byTenant.success)
    throw new ServiceError('internal', 'The parameter of webhook secrets is malformed', { retryable: true });
  // A tenant may be called `constructor`.
  return Object.hasOwn(byTenant.data, tenant) ? byTenant.data[tenant]?.map(bytesOf) : undefined;
}

function split(text: string): string[] {
  return text.split(',').map((secret) => secret.trim());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
