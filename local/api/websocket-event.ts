// Events that a WebSocket API sends its functions:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-integrations.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Value } from '../template/cloud-assembly.ts';
import type { WebSocketRouteKey } from './websocket-routes.ts';

/** The upgrade request, as its functions see it. */
export interface WebSocketRequest {
  readonly headers: Record<string, string>;
  readonly multiValueHeaders: Record<string, string[]>;
  /** Members of the event that are there only with a query. */
  readonly query: {
    readonly queryStringParameters?: Record<string, string>;
    readonly multiValueQueryStringParameters?: Record<string, string[]>;
  };
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly domainName: string;
}

/** What every event of a connection tells of it. */
export interface ConnectionFacts {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  /** What the authorizer returned, if there is one. */
  readonly authorizer: object | undefined;
  readonly request: WebSocketRequest;
}

const eventTypes = { $connect: 'CONNECT', $disconnect: 'DISCONNECT', $default: 'MESSAGE' };

/** An id in the length of API Gateway's. */
export const newConnectionId = () => randomBytes(9).toString('base64url');

export function readRequest(request: IncomingMessage): WebSocketRequest {
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    headers[name] = value;
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
  }
  const parameters = new URL(request.url ?? '/', 'http://local').searchParams;
  const query = parameters.size > 0 && {
    queryStringParameters: Object.fromEntries(parameters),
    multiValueQueryStringParameters: Object.fromEntries(
      [...parameters.keys()].map((name) => [name, parameters.getAll(name)]),
    ),
  };
  return {
    headers,
    multiValueHeaders,
    query: query || {},
    sourceIp: request.socket.remoteAddress?.replace('::ffff:', '') ?? '127.0.0.1',
    userAgent: request.headers['user-agent'] ?? '',
    domainName: request.headers.host ?? '',
  };
}

/** Its `requestContext` alone: what a kind of event has beside it is the caller's to add. */
export function webSocketEvent(
  routeKey: WebSocketRouteKey,
  apiId: string,
  stage: string,
  { id, connectedAt, authorizer, request }: ConnectionFacts,
): Value {
  const now = new Date();
  const eventType = eventTypes[routeKey];
  return {
    requestContext: {
      routeKey,
      eventType,
      ...(eventType === 'MESSAGE' && { messageId: randomBytes(9).toString('base64url') }),
      extendedRequestId: randomUUID(),
      requestTime: now.toUTCString(),
      messageDirection: 'IN',
      stage,
      connectedAt,
      requestTimeEpoch: now.getTime(),
      identity: { sourceIp: request.sourceIp, userAgent: request.userAgent },
      requestId: randomUUID(),
      domainName: request.domainName,
      connectionId: id,
      apiId,
      ...(authorizer && { authorizer }),
    },
    isBase64Encoded: false,
  };
}
