import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { createSsmSecrets } from '../../../adapters/ssm-secrets.ts';
import { Environment, readEnvironment } from '../../../config/environment.ts';
import { defaultTenant, identifyCaller } from '../../../core/access/identify-caller.ts';
import { ServiceError } from '../../../core/service-error.ts';

/** Environment of every function that checks the token. An open deployment has no parameter. */
const AuthenticationEnvironment = z.object({
  SETTINGS: Environment.shape.SETTINGS,
  AUTH_PARAMETER: Environment.shape.AUTH_PARAMETER.optional(),
});

export type Authenticate = (event: APIGatewayProxyEventV2) => Promise<string>;

/**
 * The tenant that a request's bearer token belongs to; throws `unauthenticated`. It is no Lambda authorizer,
 * because an HTTP API would answer the 401 of one in its own form: docs/decisions/2026-11-token-check.md.
 */
export function createAuthenticate(source: Record<string, string | undefined>): Authenticate {
  const environment = readEnvironment(AuthenticationEnvironment, source);
  if (environment.SETTINGS.open) return async () => defaultTenant;
  const parameter = environment.AUTH_PARAMETER;
  if (parameter === undefined) throw new Error('AUTH_PARAMETER is missing and the service is not open');
  const secrets = createSsmSecrets({ now: Date.now });
  return async (event) => {
    const header = event.headers.authorization;
    const tenant = header && identifyCaller(header, await secrets.read(parameter));
    if (tenant) return tenant;
    throw new ServiceError('unauthenticated', 'A valid bearer token is required in the Authorization header');
  };
}
