import * as z from 'zod';
import { defaultTenant } from '../../core/access/tenant.ts';

const ByTenant = z.record(z.string(), z.array(z.string()));

/**
 * The parameter of webhook secrets with another one of this tenant; the one that it takes the place of stays beside it, and
 * counts until the next. Throws an Error where the parameter is not what it should be.
 */
export function withTenantSecret(parameter: string | undefined, tenant: string, secret: string): string {
  const before = readParameter(parameter?.trim() ?? '');
  const [former] = before.get(tenant) ?? [];
  before.set(tenant, former === undefined || former === secret ? [secret] : [secret, former]);
  return JSON.stringify(Object.fromEntries(before));
}

function readParameter(text: string): Map<string, string[]> {
  if (text === '') return new Map();
  if (!text.startsWith('{')) return new Map([[defaultTenant, text.split(',').map((each) => each.trim())]]);
  try {
    return new Map(Object.entries(ByTenant.parse(JSON.parse(text))));
  } catch {
    // Its own words may quote the value.
    throw new Error('webhook-secrets is malformed: set all of it anew. Nothing was changed');
  }
}
