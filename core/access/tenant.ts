import * as z from 'zod';

/** Who shares the service with others: a tenant sees nothing of another. */
export const Tenant = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits and dashes');
export type Tenant = z.infer<typeof Tenant>;

/** The tenant of LLM_AUTH_TOKEN, and of callers without a token where the service is open. */
export const defaultTenant = 'default';
