import { ServiceError } from '../service-error.ts';
import { findAllowedMethods } from './find-allowed-methods.ts';
import { operationsOf } from './operations.ts';

/** The error that answers a request which matches no route: 405 where the path has other methods, else 404. */
export function refuseUnknownRoute(
  method: string,
  path: string,
  settings: { webSocket: boolean },
): ServiceError {
  const allow = findAllowedMethods(path, operationsOf(settings));
  if (allow.length === 0)
    return new ServiceError('not_found', 'There is no such route; GET /openapi.json lists them');
  return refuseMethod(method, allow);
}

export function refuseMethod(method: string, allow: string[]): ServiceError {
  const detail = `${method} is not allowed here; ${allow.join(', ')} is`;
  return new ServiceError('method_not_allowed', detail, { allow });
}
