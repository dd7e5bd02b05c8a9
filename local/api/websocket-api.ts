// A WebSocket API: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html
// Limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { InvocationResult } from '../lambda/execution-environment.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { RequestObservers } from '../requests/request-observers.ts';
import type { AccessRequest } from '../services/iam.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource, ResolvedTemplates } from '../template/resolve-template.ts';
import type { ApiSettings } from './http-api.ts';
import type { InvokePermissions } from './invoke-permissions.ts';
import { authorizeConnect } from './websocket-authorizer.ts';
import {
  type Connection,
  frameLimitBytes,
  messageLimitBytes,
  WebSocketConnections,
} from './websocket-connections.ts';
import { type ConnectionFacts, newConnectionId, readRequest, webSocketEvent } from './websocket-event.ts';
import { readWebSocketRoutes, type WebSocketRouteKey, type WebSocketRoutes } from './websocket-routes.ts';

export class WebSocketApi {
  readonly id: string;
  readonly #arn: string;
  readonly #routes: WebSocketRoutes;
  readonly #lambda: LambdaHost;
  readonly #observers: RequestObservers;
  readonly #connections = new WebSocketConnections();
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimitBytes,
    // A browser that offers a subprotocol refuses an answer without one.
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });

  /** Throws an error that names a route which AWS could not invoke, or which is not served. */
  constructor(
    api: ResolvedResource,
    templates: ResolvedTemplates,
    settings: ApiSettings,
    lambda: LambdaHost,
    mayInvoke: InvokePermissions,
  ) {
    this.id = api.ref;
    this.#lambda = lambda;
    this.#observers = settings.observers;
    this.#arn = `arn:aws:execute-api:${settings.region}:${settings.account}:${api.ref}`;
    this.#routes = readWebSocketRoutes(api, templates, this.#arn, mayInvoke);
  }

  /** Answers an upgrade request: 101, or the status that the authorizer or $connect gave. Returns it. */
  async connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<number> {
    this.#observers.tell({ kind: 'gateway', service: 'execute-api', operation: 'request', caller: 'client' });
    const facts: ConnectionFacts = {
      id: newConnectionId(),
      connectedAt: Date.now(),
      authorizer: undefined,
      request: readRequest(request),
    };
    const { headers, multiValueHeaders, query } = facts.request;
    const event = { ...this.#event('$connect', facts), headers, multiValueHeaders, ...query };
    const { authorizerArn, stage } = this.#routes;
    let authorizer: object | undefined;
    if (authorizerArn) {
      const methodArn = `${this.#arn}/${stage}/$connect`;
      const authorization = await authorizeConnect(authorizerArn, event, methodArn, this.#lambda);
      if (authorization.status !== 200) return refuse(socket, authorization.status);
      authorizer = authorization.context;
      event.requestContext.authorizer = authorizer;
    }
    const status = statusOf(await this.#invoke('$connect', event));
    if (status < 200 || status > 299) return refuse(socket, status);
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.#accept({ ...facts, authorizer, socket: webSocket, lastActiveAt: Date.now() }),
    );
    return 101;
  }

  #accept(connection: Connection): void {
    const { id, socket } = connection;
    this.#connections.add(connection);
    socket.on('message', (data, isBinary) => void this.#receive(connection, data, isBinary));
    socket.on('ping', () => {
      connection.lastActiveAt = Date.now();
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', (code, reason) => {
      this.#connections.delete(id);
      const event = this.#event('$disconnect', connection);
      event.requestContext.disconnectStatusCode = code;
      event.requestContext.disconnectReason = reason.toString();
      const { headers, multiValueHeaders } = connection.request;
      void this.#invoke('$disconnect', { ...event, headers, multiValueHeaders });
    });
  }

  async #receive(connection: Connection, data: RawData, isBinary: boolean): Promise<void> {
    const { id, socket } = connection;
    connection.lastActiveAt = Date.now();
    const body = data.toString();
    const bytes = Buffer.byteLength(body);
    this.#observers.tell({
      kind: 'gateway',
      service: 'execute-api',
      operation: 'frame',
      caller: 'client',
      bytes,
    });
    if (isBinary) return socket.close(1003, 'Binary frames are not supported');
    // `ws` shows no frames; clients send a message as one, and API Gateway closes on one that is too large.
    if (bytes > frameLimitBytes) return socket.close(1009, 'Frame too large');
    const event = { ...this.#event('$default', connection), body };
    if (statusOf(await this.#invoke('$default', event)) >= 500) {
      sendFault(socket, id, event.requestContext.requestId);
    }
  }

  /** Answers status 500 where the function cannot be invoked. */
  async #invoke(routeKey: WebSocketRouteKey, event: Value): Promise<InvocationResult> {
    try {
      return await this.#lambda.invoke(this.#routes.functionArns[routeKey], JSON.stringify(event));
    } catch {
      return { payload: '{"statusCode":500}' };
    }
  }

  #event(routeKey: WebSocketRouteKey, facts: ConnectionFacts): Value {
    return webSocketEvent(routeKey, this.id, this.#routes.stage, facts);
  }

  /** The permission that a call of @connections needs. */
  access(method: string, stage: string, connectionId: string): AccessRequest {
    const resource = `${this.#arn}/${stage}/${method}/@connections/${connectionId}`;
    return { action: 'execute-api:ManageConnections', resource };
  }

  /** Answers a call of @connections. Throws ServiceFault. */
  manage(method: string, connectionId: string, body: string): number {
    return this.#connections.manage(method, connectionId, body);
  }

  close(): void {
    this.#connections.close();
  }
}

function statusOf(result: InvocationResult): number {
  if (result.functionError) return 502;
  return Number(JSON.parse(result.payload)?.statusCode ?? 502);
}

/** Tells the client that its message failed, as API Gateway does. */
function sendFault(socket: WebSocket, connectionId: string, requestId: string): void {
  socket.send(JSON.stringify({ message: 'Internal server error', connectionId, requestId }));
}

function refuse(socket: Duplex, status: number): number {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  return status;
}
