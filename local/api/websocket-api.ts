// A WebSocket API: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html
// Limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocketServer } from 'ws';
import type { InvocationResult } from '../lambda/execution-environment.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { AccessRequest } from '../services/iam.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource, ResolvedTemplates } from '../template/resolve-template.ts';
import type { ApiSettings } from './http-api.ts';
import { functionArnOf, type InvokePermissions } from './invoke-permissions.ts';
import { authorizeConnect, readRequest } from './websocket-authorizer.ts';
import {
  type Connection,
  frameLimitBytes,
  messageLimitBytes,
  WebSocketConnections,
} from './websocket-connections.ts';

export class WebSocketApi {
  readonly id: string;
  readonly #api: ResolvedResource;
  readonly #stage: string;
  readonly #arn: string;
  readonly #routes = new Map<string, { functionArn: string; answers: boolean }>();
  readonly #authorizer: ResolvedResource | undefined;
  readonly #lambda: LambdaHost;
  readonly #connections = new WebSocketConnections();
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimitBytes,
    // A browser that offers a subprotocol refuses an answer without one.
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });

  /** Throws an error that names a route which its API could not invoke on AWS. */
  constructor(
    api: ResolvedResource,
    templates: ResolvedTemplates,
    settings: ApiSettings,
    lambda: LambdaHost,
    mayInvoke: InvokePermissions,
  ) {
    this.id = api.ref;
    this.#api = api;
    this.#lambda = lambda;
    this.#arn = `arn:aws:execute-api:${settings.region}:${settings.account}:${api.ref}`;
    const mine = (type: string) =>
      templates.ofType(type).filter(({ properties }) => properties.ApiId === api.ref);
    this.#stage = mine('AWS::ApiGatewayV2::Stage')[0]?.properties.StageName ?? 'prod';
    const integrations = new Map(mine('AWS::ApiGatewayV2::Integration').map((one) => [one.ref, one]));
    for (const { id, properties } of mine('AWS::ApiGatewayV2::Route')) {
      const uri = integrations.get(String(properties.Target).replace('integrations/', ''))?.properties
        .IntegrationUri;
      const functionArn = functionArnOf(String(uri));
      const source = `${this.#arn}/${this.#stage}/${properties.RouteKey}`;
      if (!mayInvoke(functionArn, 'apigateway.amazonaws.com', source)) {
        throw new Error(
          `Route ${id} may not invoke ${functionArn}: no AWS::Lambda::Permission allows ${source}`,
        );
      }
      const answers = properties.RouteResponseSelectionExpression !== undefined;
      this.#routes.set(properties.RouteKey, { functionArn, answers });
    }
    const connect = mine('AWS::ApiGatewayV2::Route').find(
      ({ properties }) => properties.RouteKey === '$connect',
    );
    this.#authorizer = mine('AWS::ApiGatewayV2::Authorizer').find(
      ({ ref }) =>
        connect?.properties.AuthorizationType === 'CUSTOM' && ref === connect.properties.AuthorizerId,
    );
    if (this.#authorizer) {
      const functionArn = functionArnOf(this.#authorizer.properties.AuthorizerUri);
      const source = `${this.#arn}/authorizers/${this.#authorizer.ref}`;
      if (!mayInvoke(functionArn, 'apigateway.amazonaws.com', source)) {
        throw new Error(`Authorizer ${this.#authorizer.id}: no AWS::Lambda::Permission allows ${source}`);
      }
    }
  }

  routeKeys(): string[] {
    return [...this.#routes.keys()];
  }

  /** Answers an upgrade request: 101, or the status that the authorizer or $connect gave. Returns it. */
  async connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<number> {
    const id = randomBytes(9).toString('base64url');
    const seen = readRequest(request);
    const connectedAt = Date.now();
    const event = this.#event('$connect', 'CONNECT', {
      id,
      connectedAt,
      authorizer: undefined,
      request: seen,
    });
    const details = { headers: seen.headers, multiValueHeaders: seen.multiValueHeaders, ...seen.query };
    let authorizer: object | undefined;
    if (this.#authorizer) {
      const methodArn = `${this.#arn}/${this.#stage}/$connect`;
      const authorization = await authorizeConnect(
        this.#authorizer,
        { ...event, ...details, type: 'REQUEST', methodArn },
        methodArn,
        this.#lambda,
      );
      if (authorization.status !== 200) return refuse(socket, authorization.status);
      authorizer = authorization.context;
      event.requestContext.authorizer = authorizer;
    }
    const result = await this.#invoke('$connect', { ...event, ...details });
    const status = statusOf(result);
    if (status < 200 || status > 299) return refuse(socket, status);
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.#accept({
        id,
        socket: webSocket,
        connectedAt,
        lastActiveAt: Date.now(),
        authorizer,
        request: seen,
      }),
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
      const event = this.#event('$disconnect', 'DISCONNECT', connection);
      event.requestContext.disconnectStatusCode = code;
      event.requestContext.disconnectReason = reason.toString();
      const { headers, multiValueHeaders } = connection.request;
      void this.#invoke('$disconnect', { ...event, headers, multiValueHeaders });
    });
  }

  async #receive(connection: Connection, data: RawData, isBinary: boolean): Promise<void> {
    connection.lastActiveAt = Date.now();
    if (isBinary) return connection.socket.close(1003, 'Binary frames are not supported');
    const body = data.toString();
    // `ws` shows no frames; clients send a message as one, and API Gateway closes on one that is too large.
    if (Buffer.byteLength(body) > frameLimitBytes) return connection.socket.close(1009, 'Frame too large');
    const key = this.#select(body);
    if (!key) {
      const fault = { message: 'Forbidden', connectionId: connection.id, requestId: randomUUID() };
      return connection.socket.send(JSON.stringify(fault));
    }
    const event = { ...this.#event(key, 'MESSAGE', connection), body };
    const result = await this.#invoke(key, event);
    if (statusOf(result) >= 500) {
      const { requestId } = event.requestContext;
      const fault = { message: 'Internal server error', connectionId: connection.id, requestId };
      connection.socket.send(JSON.stringify(fault));
    } else if (this.#routes.get(key)?.answers && result) {
      const answer = JSON.parse(result.payload);
      if (answer?.body) connection.socket.send(String(answer.body));
    }
  }

  /** The route of a message: $request.body.<member>, or $default. */
  #select(body: string): string | undefined {
    const expression: string = this.#api.properties.RouteSelectionExpression ?? '$request.body.action';
    let key: unknown;
    try {
      key = expression
        .replace('$request.body.', '')
        .split('.')
        .reduce<Value>((v, part) => v?.[part], JSON.parse(body));
    } catch {
      key = undefined;
    }
    if (typeof key === 'string' && this.#routes.has(key) && !key.startsWith('$')) return key;
    return this.#routes.has('$default') ? '$default' : undefined;
  }

  async #invoke(routeKey: string, event: Value): Promise<InvocationResult | undefined> {
    const route = this.#routes.get(routeKey);
    if (!route) return undefined;
    try {
      return await this.#lambda.invoke(route.functionArn, JSON.stringify(event));
    } catch {
      return { payload: '{"statusCode":500}' };
    }
  }

  #event(
    routeKey: string,
    eventType: string,
    connection: Pick<Connection, 'id' | 'connectedAt' | 'authorizer' | 'request'>,
  ): Value {
    const now = new Date();
    return {
      requestContext: {
        routeKey,
        eventType,
        ...(eventType === 'MESSAGE' && { messageId: randomBytes(9).toString('base64url') }),
        extendedRequestId: randomUUID(),
        requestTime: now.toUTCString(),
        messageDirection: 'IN',
        stage: this.#stage,
        connectedAt: connection.connectedAt,
        requestTimeEpoch: now.getTime(),
        identity: { sourceIp: connection.request.sourceIp, userAgent: connection.request.userAgent },
        requestId: randomUUID(),
        domainName: connection.request.domainName,
        connectionId: connection.id,
        apiId: this.id,
        ...(connection.authorizer && { authorizer: connection.authorizer }),
      },
      isBase64Encoded: false,
    };
  }

  access(method: string, stage: string, connectionId: string): AccessRequest {
    const resource = `${this.#arn}/${stage}/${method}/@connections/${connectionId}`;
    return { action: 'execute-api:ManageConnections', resource };
  }

  /** Throws ServiceFault 410 for a connection that is gone, and 413 for a message that is too large. */
  manage(method: string, connectionId: string, body: string, response: ServerResponse): void {
    this.#connections.manage(method, connectionId, body, response);
  }

  close(): void {
    this.#connections.close();
  }
}

function statusOf(result: InvocationResult | undefined): number {
  if (!result) return 200;
  if (result.functionError) return 502;
  return Number(JSON.parse(result.payload)?.statusCode ?? 502);
}

function refuse(socket: Duplex, status: number): number {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  return status;
}
