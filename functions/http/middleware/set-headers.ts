import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** For answers that set none of their own (OWASP REST Security Cheat Sheet, "Security headers"). */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
};

/** Adds the security headers and the id by which the request is found in the logs. */
export function setHeaders(): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const add: MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>['after'] = (
    request,
  ) => {
    if (!request.response) return;
    request.response.headers = {
      ...securityHeaders,
      'x-request-id': request.event.requestContext.requestId,
      ...request.response.headers,
    };
    // RFC 9110 §9.3.2.
    if (request.event.requestContext.http.method === 'HEAD') delete request.response.body;
  };
  return { after: add, onError: add };
}
