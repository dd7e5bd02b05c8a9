// The address that the functions' SDK clients call. The credential scope of a signature names the service, its
// access key the function: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
// Signatures are not checked: whoever knows an access key's id is its caller (access-keys.ts).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from './log.ts';
import { isLoopbackHost } from './loopback.ts';
import { readBody } from './read-body.ts';
import type { CallInterceptor } from './requests/call-interceptor.ts';
import { accessDenied, type Principal } from './services/access-denied.ts';
import type { JsonService, RestService } from './services/aws-service.ts';
import type { AccessRequest, Iam } from './services/iam.ts';
import { sendFault } from './services/send-fault.ts';
import { ServiceFault } from './services/service-fault.ts';

export interface Services {
  /** By the name in a signature's credential scope, like `rest`. */
  readonly json: ReadonlyMap<string, JsonService>;
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

  private constructor(log: Log, interceptor: CallInterceptor) {
    this.#log = log;
    this.#interceptor = interceptor;
    this.#server = createServer((request, response) => void this.#answer(request, response));
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

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { accessKeyId, service } = readCredential(request);
    try {
      if (!this.#services) throw new ServiceFault(503, 'ServiceUnavailable', 'The local host is starting');
      const caller = identify(this.#services, accessKeyId, service, request);
      await this.#route(this.#services, caller, request, response);
    } catch (error) {
      const fault =
        error instanceof ServiceFault ? error : new ServiceFault(500, 'InternalServerError', String(error));
      if (fault.status >= 500) this.#log.warn(`${service}: ${(error as Error).stack ?? error}`);
      sendFault(service, fault, response);
    }
  }

  async #route(services: Services, caller: Caller, request: IncomingMessage, response: ServerResponse) {
    const { service } = caller;
    const rest = services.rest.get(service);
    if (rest) {
      this.#checkAccess(services, caller, rest.access(request));
      const call = { service, operation: rest.operation(request), caller: caller.name };
      await this.#interceptor.intercept(call, request, response, async (to) => rest.handle(request, to));
      return;
    }
    const json = services.json.get(service);
    if (!json) {
      const message = `The local host does not serve ${service}`;
      throw new ServiceFault(400, 'UnknownServiceException', message);
    }
    // Such as DynamoDB_20120810.GetItem.
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const input = JSON.parse(String(await readBody(request)) || '{}');
    this.#checkAccess(services, caller, json.access(operation, input));
    const call = { service, operation, caller: caller.name, input };
    const work = async () => json.call(operation, input);
    const answer = await this.#interceptor.intercept(call, request, response, work);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer ?? {}));
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

/** Throws ServiceFault for who has no key, and for a page that points a name of its own at this port. */
function identify(
  { principals, administratorKeyId }: Services,
  accessKeyId: string,
  service: string,
  request: IncomingMessage,
): Caller {
  if (!isLoopbackHost(request.headers.host)) {
    const message = 'The AWS endpoint of the local host answers to loopback names alone';
    throw new ServiceFault(403, 'AccessDeniedException', message);
  }
  if (accessKeyId === administratorKeyId) return { service, principal: undefined, name: 'administrator' };
  const principal = principals.get(accessKeyId);
  if (principal) return { service, principal, name: principal.functionName };
  throw new ServiceFault(403, 'UnrecognizedClientException', 'The security token included is invalid.');
}

function readCredential(request: IncomingMessage) {
  // Credential=<access key>/<date>/<region>/<service>/aws4_request
  const [, accessKeyId = '', service = 'unsigned'] =
    /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  return { accessKeyId, service };
}
