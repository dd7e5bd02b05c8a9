import { ServiceError } from '../service-error.ts';
import { type Scope, scopes } from './scope.ts';
import { defaultTenant } from './tenant.ts';

/** Who sent a request. */
export interface Caller {
  tenant: string;
  scopes: readonly Scope[];
  /**
   * By what they were let in: a token's id (token.ts), or `auth-token@<n>` for version n of the parameter of LLM_AUTH_TOKEN.
   * Undefined: the service is open, and they have no token.
   */
  credential?: string;
}

/** Of a service that is open: whoever has no token. */
export const openCaller: Caller = { tenant: defaultTenant, scopes };

/** Throws `forbidden`, which names what is missing. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope)) return;
  const message = `The token may not do this: it lacks the scope ${scope}, and has ${caller.scopes.join(', ')}`;
  throw new ServiceError('forbidden', message, { scope });
}
