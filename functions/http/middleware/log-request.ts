import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';
import { requestCode } from './error-status.ts';

const logger = new Logger({ serviceName: 'llm-service' });

/** Logs one line a request: the route and its ids, but no body, header or query. */
export function logRequest(): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const started = new WeakMap<object, number>();
  const write: MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>['after'] = ({
    event,
    response,
    error,
  }) => {
    const status = response?.statusCode ?? 500;
    const line = {
      request_id: event.requestContext.requestId,
      method: event.requestContext.http.method,
      route: event.routeKey,
      ...event.pathParameters,
      status,
      duration_ms: Date.now() - (started.get(event) ?? Date.now()),
      ...(error instanceof ServiceError && { code: requestCode(error) }),
    };
    if (status >= 500 && error) logger.error('request failed', { ...line, error });
    else logger.info('request', line);
  };
  return {
    before: (request) => {
      started.set(request.event, Date.now());
    },
    after: write,
    onError: write,
  };
}
