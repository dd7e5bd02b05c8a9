import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';
import { toProblem } from './to-problem.ts';

/** Value of `retry-after` where the error names no time. */
const defaultRetrySeconds = 1;

/** Turns every error into `application/problem+json` (RFC 9457). */
export function answerProblems(): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const problem = toProblem(request.error, request.event.requestContext.requestId);
      request.response = {
        statusCode: problem.status,
        headers: {
          'content-type': 'application/problem+json',
          ...errorHeaders(request.error, problem.status),
        },
        body: JSON.stringify(problem),
      };
    },
  };
}

export function errorHeaders(error: unknown, status: number): Record<string, string> {
  // RFC 6750 §3: a 401 names the scheme.
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  // RFC 6750 §3.1.
  if (status === 403 && error instanceof ServiceError && error.scope !== undefined)
    return { 'www-authenticate': `Bearer error="insufficient_scope", scope="${error.scope}"` };
  // RFC 9110 §15.5.6.
  if (status === 405 && error instanceof ServiceError) return { allow: error.allow.join(', ') };
  const waits = status === 429 || status === 503;
  if (!(error instanceof ServiceError) || !(waits || error.retryAfter !== undefined)) return {};
  const seconds = Math.ceil((error.retryAfter ?? defaultRetrySeconds * 1000) / 1000);
  return { 'retry-after': String(Math.max(1, seconds)) };
}
