// The address that the functions' SDK clients call. The credential scope of a signature names the service, its
// access key the function: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
// Signatures are not checked: the port is on the loopback interface.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LambdaHost } from './lambda/lambda-host.ts';
import type { Log } from './log.ts';
import { readBody } from './read-body.ts';
import type { DynamoDb } from './services/dynamodb.ts';
import type { EventBus } from './services/event-bus.ts';
import type { AccessRequest, Iam } from './services/iam.ts';
import { invokeFunction, lambdaAccess, parseLambdaCall } from './services/lambda-api.ts';
import type { S3 } from './services/s3.ts';
import { ServiceFault } from './services/service-fault.ts';
import type { Sqs } from './services/sqs.ts';
import type { Ssm } from './services/ssm.ts';
import type { Value } from './template/cloud-assembly.ts';

export interface Principal {
  readonly functionName: string;
  readonly roleArn: string;
}

/** Manages the connections of WebSocket APIs, under the path that follows its API's id. */
export interface ConnectionManager {
  access(request: IncomingMessage): AccessRequest[];
  handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void>;
}

export interface Services {
  readonly dynamodb: DynamoDb;
  readonly sqs: Sqs;
  readonly s3: S3;
  readonly ssm: Ssm;
  readonly events: EventBus;
  readonly lambda: LambdaHost;
  readonly connections: ConnectionManager;
  readonly iam: Iam;
  readonly principals: ReadonlyMap<string, Principal>;
}

interface Caller {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** For tests and tools: this access key may do everything. */
export const administratorAccessKeyId = 'LLMLOCALADMIN';

export class AwsEndpoint {
  readonly #server: Server;
  readonly #log: Log;
  #services: Services | undefined;

  private constructor(log: Log) {
    this.#log = log;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Listens on a free port of the loopback interface; serves once it has its services. */
  static async listen(log: Log): Promise<AwsEndpoint> {
    const endpoint = new AwsEndpoint(log);
    await new Promise<void>((resolve) => endpoint.#server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(services: Services): void {
    this.#services = services;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const caller = callerOf(request);
    try {
      if (!this.#services) throw new ServiceFault(503, 'ServiceUnavailable', 'The local host is starting');
      await this.#route(this.#services, caller, request, response);
    } catch (error) {
      const fault =
        error instanceof ServiceFault ? error : new ServiceFault(500, 'InternalServerError', String(error));
      if (fault.status >= 500) this.#log.warn(`${caller.service}: ${(error as Error).stack ?? error}`);
      sendFault(caller.service, fault, response);
    }
  }

  async #route(services: Services, caller: Caller, request: IncomingMessage, response: ServerResponse) {
    const check = (requests: AccessRequest[]) => this.#authorize(services, caller, requests);
    const { service } = caller;
    if (service === 's3') {
      check(services.s3.access(request));
      return services.s3.handle(request, response);
    }
    const body = String(await readBody(request));
    if (service === 'lambda') {
      const call = parseLambdaCall((request.url ?? '').split('?')[0] ?? '', services.lambda);
      check(lambdaAccess(call, services.lambda));
      const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
      return invokeFunction(call, body, type, services.lambda, response);
    }
    if (service === 'execute-api') {
      check(services.connections.access(request));
      return services.connections.handle(request, body, response);
    }
    const operation =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    const answer = await this.#json(services, service, operation, JSON.parse(body || '{}'), check);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer ?? {}));
  }

  async #json(
    services: Services,
    service: string,
    operation: string,
    input: Value,
    check: (requests: AccessRequest[]) => void,
  ): Promise<Value> {
    switch (service) {
      case 'dynamodb': {
        check(services.dynamodb.access(operation, input));
        return services.dynamodb.call(operation, input);
      }
      case 'sqs':
        check(services.sqs.access(operation, input));
        return services.sqs.call(operation, input);
      case 'ssm':
        check(services.ssm.access(operation, input));
        return services.ssm.call(operation, input);
      case 'events':
        check(services.events.access(operation, input));
        return services.events.call(operation, input);
      default:
        throw new ServiceFault(400, 'UnknownServiceException', `The local host does not serve ${service}`);
    }
  }

  #authorize(services: Services, { accessKeyId, service }: Caller, requests: AccessRequest[]): void {
    if (accessKeyId === administratorAccessKeyId) return;
    const principal = services.principals.get(accessKeyId);
    if (!principal) {
      throw new ServiceFault(403, 'UnrecognizedClientException', 'The security token included is invalid.');
    }
    const denied = services.iam.firstDenied(principal.roleArn, requests);
    if (!denied) return;
    const role = principal.roleArn.split('/').at(-1);
    const user = principal.roleArn
      .replace(':iam:', ':sts:')
      .replace(/:role\/.*$/, `:assumed-role/${role}/${principal.functionName}`);
    const message =
      `User: ${user} is not authorized to perform: ${denied.action} on resource: ${denied.resource} ` +
      `because no identity-based policy allows the ${denied.action} action`;
    this.#log.warn(`Access denied: ${message}`);
    throw new ServiceFault(403, service === 's3' ? 'AccessDenied' : 'AccessDeniedException', message);
  }
}

function callerOf(request: IncomingMessage): Caller {
  const [, accessKeyId = '', , region = '', service = 'unsigned'] =
    /Credential=([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  return { accessKeyId, region, service };
}

const escapeXml = (text: string) => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);

/** In the shape of the service's protocol. */
function sendFault(service: string, fault: ServiceFault, response: ServerResponse): void {
  const { status, code, message, details } = fault;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (service === 's3') {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`);
    return;
  }
  const queryCode = code === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : code;
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-errortype': code,
    ...(service === 'sqs' && { 'x-amzn-query-error': `${queryCode};Sender` }),
  });
  response.end(JSON.stringify({ __type: code, message, Message: message, ...details }));
}
