import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Environment, readEnvironment } from '../../../config/environment.ts';
import { type Caller, requireScope } from '../../../core/access/caller.ts';
import type { Scope } from '../../../core/access/scope.ts';
import { ServiceError } from '../../../core/service-error.ts';
import { createIdentify } from '../../identify.ts';

/** Of every function that checks tokens. */
const AuthenticationEnvironment = Environment.pick({
  SETTINGS: true,
  STATE_TABLE: true,
  AUTH_PARAMETER: true,
});

export type Authenticate = (event: APIGatewayProxyEventV2) => Promise<Caller>;

/**
 * Who a request's bearer token belongs to; throws `unauthenticated`, and `forbidden` where it lacks the scope. It is no Lambda
 * authorizer, because an HTTP API would answer the 401 of one in its own form: docs/decisions/2026-11-token-check.md.
 */
export function createAuthenticate(source: Record<string, string | undefined>, scope?: Scope): Authenticate {
  const identify = createIdentify(readEnvironment(AuthenticationEnvironment, source));
  return async (event) => {
    const caller = await identify(event.headers.authorization);
    if (!caller)
      throw new ServiceError(
        'unauthenticated',
        'A valid bearer token is required in the Authorization header',
      );
    if (scope !== undefined) requireScope(caller, scope);
    return caller;
  };
}
