import { Environment, readEnvironment } from '../../config/environment.ts';
import { findAllowedMethods } from '../../core/http-contract/find-allowed-methods.ts';
import { operationsOf } from '../../core/http-contract/operations.ts';
import { ServiceError } from '../../core/service-error.ts';
import { servePublic } from './middleware/serve-http.ts';

const { SETTINGS } = readEnvironment(Environment.pick({ SETTINGS: true }), process.env);
const operations = operationsOf(SETTINGS);

/** Answers requests that match no route: 405 where the path has other methods, else 404. */
export const handler = servePublic(async (event) => {
  const allow = findAllowedMethods(event.rawPath, operations);
  if (allow.length === 0)
    throw new ServiceError('not_found', 'There is no such route; GET /openapi.json lists them');
  const { method } = event.requestContext.http;
  throw new ServiceError('method_not_allowed', `${method} is not allowed here; ${allow.join(', ')} is`, {
    allow,
  });
});
