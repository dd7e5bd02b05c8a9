import { findAllowedMethods } from '../../core/http-contract/find-allowed-methods.ts';
import { ServiceError } from '../../core/service-error.ts';
import { servePublic } from './middleware/serve-http.ts';
import { toProblem } from './middleware/to-problem.ts';

/** Answers requests that match no route: 405 where the path has other methods, else 404. */
export const handler = servePublic(async (event) => {
  const { requestId, http } = event.requestContext;
  const allowed = findAllowedMethods(event.rawPath).join(', ');
  if (!allowed) throw new ServiceError('not_found', 'There is no such route; GET /openapi.json lists them');
  const error = new ServiceError('method_not_allowed', `${http.method} is not allowed here; ${allowed} is`);
  const headers = { allow: allowed, 'content-type': 'application/problem+json' };
  return { status: 405, headers, json: toProblem(error, requestId) };
});
