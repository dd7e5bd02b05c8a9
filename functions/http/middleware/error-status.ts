import { type RequestErrorCode, requestErrorCodes, type ServiceError } from '../../../core/service-error.ts';

/** The HTTP status of each code. */
export const errorStatus = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  idempotency_key_reused: 422,
  rate_limited: 429,
  queue_full: 429,
  budget_exceeded: 429,
  no_provider_available: 503,
  internal: 500,
} as const satisfies Record<RequestErrorCode, number>;

/** Titles go with the status (RFC 9457 §4.2.1). */
export const statusTitle = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} satisfies Record<(typeof errorStatus)[RequestErrorCode], string>;

/** The code that answers a request: `internal` for one that only a task can have. */
export function requestCode(error: ServiceError): RequestErrorCode {
  return requestErrorCodes.find((code) => code === error.code) ?? 'internal';
}
