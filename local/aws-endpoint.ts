// The address that the functions' SDK clients call. The credential scope of a signature names the service, its
// access key the function: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
// Signatures are not checked: whoever knows an access key's id is its caller (access-keys.ts).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import { postTogether } from './lambda/calls-without-socket.mjs';
import type { Log } from './log.ts';
import { isLoopbackHost } from './loopback.ts';
import { readBody } from './read-body.ts';
import { type CallInterceptor, handleAside } from './requests/call-interceptor.ts';
import { accessDenied, type Principal } from './services/access-denied.ts';
import type {
  JsonService,
  PathService,
  RestService,
  WholeAnswer,
  WholeRequest,
} from './services/aws-service.ts';
import { noUnits } from './services/dynamodb-units.ts';
import type { AccessRequest, Iam } from './services/iam.ts';
import { faultAnswer, sendFault } from './services/send-fault.ts';
import { ServiceFault } from './services/service-fault.ts';

export interface Services {
  /** By the name in a signature's credential scope, like `path` and `rest`. */
  readonly json: ReadonlyMap<string, JsonService>;
  readonly path: ReadonlyMap<string, PathService>;
  readonly rest: ReadonlyMap<string, RestService>;
  readonly iam: Iam;
  /** Functions by the id of their access keys. */
  readonly principals: ReadonlyMap<string, Principal>;
  /** For tests and tools: who has this key may do everything. */
  readonly administratorKeyId: string;
}

/** Who signed a request: a function, or else the administrator. */
interface Caller {
  readonly service: string;
  readonly principal: Principal | undefined;
  /** As observers and faults know callers. */
  readonly name: string;
}

export class AwsEndpoint {
  readonly #server: Server;
  readonly #log: Log;
  readonly #interceptor: CallInterceptor;
  #services: Services | undefined;
  #closed = false;

  private constructor(log: Log, interceptor: CallInterceptor) {
    this.#log = log;
    this.#interceptor = interceptor;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Listens on a free port of the loopback interface; answers 503 until it has its services. */
  static async listen(log: Log, interceptor: CallInterceptor): Promise<AwsEndpoint> {
    const endpoint = new AwsEndpoint(log, interceptor);
    await new Promise<void>((resolve) => endpoint.#server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(services: Services): void {
    this.#services = services;
  }

  /** Answers what comes by a port too: the calls of a function's thread (lambda/calls-without-socket.mjs). */
  readonly attach = (port: MessagePort): void => {
    const send = postTogether(port);
    port.on('message', (requests: (WholeRequest & { id: number })[]) => {
      for (const { id, ...request } of requests)
        if (!this.#closed) void this.#answer(request).then((answer) => send({ id, ...answer }));
    });
  };

  async close(): Promise<void> {
    this.#closed = true;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const { service } = readCredential(headers);
    const rest = this.#services?.rest.get(service);
    if (!rest) {
      const body = String(await readBody(request));
      const answer = await this.#answer({ method, url, headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    try {
      const { services, caller } = this.#identify(headers);
      this.#checkAccess(services, caller, rest.access(request));
      const bytes = Number(headers['content-length'] ?? 0);
      const call = { service, operation: rest.operation(request), caller: caller.name, bytes };
      await this.#interceptor.intercept(
        call,
        headers,
        async () => rest.handle(request, response),
        () => handleAside(request, (from, to) => rest.handle(from, to)),
      );
    } catch (error) {
      sendFault(service, this.#faultOf(service, error), response);
    }
  }

  async #answer(request: WholeRequest): Promise<WholeAnswer> {
    const { headers } = request;
    try {
      const { services, caller } = this.#identify(headers);
      const path = services.path.get(caller.service);
      return await (path
        ? this.#callPath(services, path, caller, request)
        : this.#callJson(services, caller, request));
    } catch (error) {
      const { service } = readCredential(headers);
      return faultAnswer(service, this.#faultOf(service, error));
    }
  }

  #callPath(
    services: Services,
    path: PathService,
    caller: Caller,
    request: WholeRequest,
  ): Promise<WholeAnswer> {
    this.#checkAccess(services, caller, path.access(request));
    const bytes = Buffer.byteLength(request.body);
    const call = { service: caller.service, operation: path.operation(request), caller: caller.name, bytes };
    return this.#interceptor.intercept(call, request.headers, async () => path.call(request));
  }

  async #callJson(services: Services, caller: Caller, { headers, body }: WholeRequest): Promise<WholeAnswer> {
    const { service } = caller;
    const json = services.json.get(service);
    if (!json) {
      const message = `The local host does not serve ${service}`;
      throw new ServiceFault(400, 'UnknownServiceException', message);
    }
    // Such as DynamoDB_20120810.GetItem.
    const operation = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    const input = JSON.parse(body || '{}');
    this.#checkAccess(services, caller, json.access(operation, input));
    // What is billed is reckoned while somebody looks.
    const units = this.#interceptor.observers.active && service === 'dynamodb' ? noUnits() : undefined;
    const bytes = Buffer.byteLength(body);
    const call = { service, operation, caller: caller.name, input, bytes, ...(units && { units }) };
    const answer = await this.#interceptor.intercept(call, headers, async () =>
      json.call(operation, input, units),
    );
    return { status: 200, headers: jsonHeaders, body: JSON.stringify(answer ?? {}) };
  }

  #identify(headers: IncomingHttpHeaders): { services: Services; caller: Caller } {
    const services = this.#services;
    if (!services) throw new ServiceFault(503, 'ServiceUnavailable', 'The local host is starting');
    return { services, caller: identify(services, headers) };
  }

  #faultOf(service: string, error: unknown): ServiceFault {
    const fault =
      error instanceof ServiceFault ? error : new ServiceFault(500, 'InternalServerError', String(error));
    if (fault.status >= 500) this.#log.warn(`${service}: ${(error as Error).stack ?? error}`);
    return fault;
  }

  #checkAccess({ iam }: Services, { service, principal }: Caller, requests: AccessRequest[]): void {
    if (!principal) return;
    const denied = iam.firstDenied(principal.roleArn, requests);
    if (!denied) return;
    const fault = accessDenied(service, principal, denied);
    this.#log.warn(`Access denied: ${fault.message}`);
    throw fault;
  }
}

const jsonHeaders = { 'content-type': 'application/x-amz-json-1.0' };

/** Throws ServiceFault for who has no key, and for a page that points a name of its own at this port. */
function identify({ principals, administratorKeyId }: Services, headers: IncomingHttpHeaders): Caller {
  const { accessKeyId, service } = readCredential(headers);
  if (!isLoopbackHost(headers.host)) {
    const message = 'The AWS endpoint of the local host answers to loopback names alone';
    throw new ServiceFault(403, 'AccessDeniedException', message);
  }
  if (accessKeyId === administratorKeyId) return { service, principal: undefined, name: 'administrator' };
  const principal = principals.get(accessKeyId);
  if (principal) return { service, principal, name: principal.functionName };
  throw new ServiceFault(403, 'UnrecognizedClientException', 'The security token included is invalid.');
}

function readCredential({ authorization = '' }: IncomingHttpHeaders) {
  // Credential=<access key>/<date>/<region>/<service>/aws4_request
  const [, accessKeyId = '', service = 'unsigned'] =
    /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(authorization) ?? [];
  return { accessKeyId, service };
}
