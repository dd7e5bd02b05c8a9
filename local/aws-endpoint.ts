// The address that the functions' SDK clients call. The credential scope of a signature names the service, its
// access key the function: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
// Signatures are not checked: the port is on the loopback interface.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from './log.ts';
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
  /** By access key. */
  readonly principals: ReadonlyMap<string, Principal>;
}

interface Caller {
  readonly accessKeyId: string;
  readonly service: string;
}

/** For tests and tools: this access key may do everything. */
export const administratorAccessKeyId = 'LLMLOCALADMIN';

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
    const { service } = caller;
    const rest = services.rest.get(service);
    if (rest) {
      this.#checkAccess(services, caller, rest.access(request));
      const call = { service, operation: rest.operation(request), caller: nameOf(services, caller) };
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
    const call = { service, operation, caller: nameOf(services, caller), input };
    const work = async () => json.call(operation, input);
    const answer = await this.#interceptor.intercept(call, request, response, work);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer ?? {}));
  }

  #checkAccess({ principals, iam }: Services, caller: Caller, requests: AccessRequest[]): void {
    if (caller.accessKeyId === administratorAccessKeyId) return;
    const principal = principals.get(caller.accessKeyId);
    if (!principal) {
      throw new ServiceFault(403, 'UnrecognizedClientException', 'The security token included is invalid.');
    }
    const denied = iam.firstDenied(principal.roleArn, requests);
    if (!denied) return;
    const fault = accessDenied(caller.service, principal, denied);
    this.#log.warn(`Access denied: ${fault.message}`);
    throw fault;
  }
}

/** As observers and faults know callers. */
function nameOf({ principals }: Services, { accessKeyId }: Caller): string {
  return principals.get(accessKeyId)?.functionName ?? 'administrator';
}

function callerOf(request: IncomingMessage): Caller {
  // Credential=<access key>/<date>/<region>/<service>/aws4_request
  const [, accessKeyId = '', service = 'unsigned'] =
    /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  return { accessKeyId, service };
}
