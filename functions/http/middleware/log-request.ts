import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../../../core/access/caller.ts';
import { ServiceError } from '../../../core/service-error.ts';
import { requestCode } from './error-status.ts';

const logger = new Logger({ serviceName: 'llm-service' });

const callers = new WeakMap<object, Caller>();

/** So that the line of this request says whose it is. */
export function noteCaller(event: APIGatewayProxyEventV2, caller: Caller): void {
  callers.set(event, caller);
}

/** Logs one line a request: the route, its ids and whose it is, but no body, header or query. */
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
      tenant: callers.get(event)?.tenant,
      credential: callers.get(event)?.credential,
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
