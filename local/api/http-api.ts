// An HTTP API: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
// Limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { TooManyRequestsError } from '../lambda/too-many-requests-error.ts';
import type { Openness } from '../openness.ts';
import { readBody } from '../read-body.ts';
import type { RequestObservers } from '../requests/request-observers.ts';
import type { ResolvedResource, ResolvedTemplates } from '../template/resolve-template.ts';
import { corsHeaders, isPreflight } from './cors-headers.ts';
import { type HttpRoute, matchRoute, readHttpRoutes } from './http-api-routes.ts';
import { type HttpAnswer, httpAnswer, httpEvent } from './http-event.ts';
import type { InvokePermissions } from './invoke-permissions.ts';

const bodyLimitBytes = 10 * 1024 * 1024;
/** Lambda takes an event of 6 MB of JSON, and escaping or base64 makes a body longer. */
const eventLimitBytes = 6 * 1024 * 1024;

export interface ApiSettings {
  readonly region: string;
  readonly account: string;
  readonly observers: RequestObservers;
  readonly openness: Openness;
}

export class HttpApi {
  readonly #routes: readonly HttpRoute[];
  readonly #api: ResolvedResource;
  readonly #account: string;
  readonly #openness: Openness;
  readonly #observers: RequestObservers;
  readonly #lambda: LambdaHost;

  constructor(
    api: ResolvedResource,
    templates: ResolvedTemplates,
    settings: ApiSettings,
    lambda: LambdaHost,
    mayInvoke: InvokePermissions,
  ) {
    this.#api = api;
    this.#account = settings.account;
    this.#openness = settings.openness;
    this.#observers = settings.observers;
    this.#lambda = lambda;
    const arn = `arn:aws:execute-api:${settings.region}:${settings.account}:${api.ref}`;
    this.#routes = readHttpRoutes(api, templates, arn, mayInvoke);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cors = corsHeaders(request, this.#api.properties.CorsConfiguration, this.#openness);
    if (cors && isPreflight(request)) {
      response.writeHead(204, cors).end();
      return;
    }
    const requestId = randomUUID();
    const answer = await this.#answer(request, requestId);
    const headers: OutgoingHttpHeaders = { ...answer.headers, ...cors, 'apigw-requestid': requestId };
    headers['content-length'] = Buffer.byteLength(answer.body);
    response.writeHead(answer.status, headers);
    response.end(request.method === 'HEAD' ? undefined : answer.body);
    const bytes = Number(request.headers['content-length'] ?? 0) + headers['content-length'];
    this.#observers.tell({
      kind: 'gateway',
      service: 'execute-api',
      operation: 'request',
      caller: 'client',
      bytes,
    });
  }

  async #answer(request: IncomingMessage, requestId: string): Promise<HttpAnswer> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const match = matchRoute(this.#routes, request.method ?? 'GET', path);
    if (!match) return problem(404, 'Not Found');
    const body = await readBody(request, bodyLimitBytes);
    if (body === undefined) return problem(413, 'Request Entity Too Large');
    const { route, parameters } = match;
    const settings = {
      apiId: this.#api.ref,
      account: this.#account,
      routeKey: route.key,
      requestId,
      parameters,
    };
    const payload = JSON.stringify(httpEvent(request, body, settings));
    if (Buffer.byteLength(payload) > eventLimitBytes) return problem(413, 'Request Entity Too Large');
    return this.#integrate(route, payload);
  }

  async #integrate(route: HttpRoute, payload: string): Promise<HttpAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), route.timeoutMs);
    });
    try {
      const result = await Promise.race([this.#lambda.invoke(route.functionArn, payload), timeout]);
      if (!result) return problem(503, 'Service Unavailable');
      const answer = result.functionError ? undefined : httpAnswer(result.payload);
      return answer ?? problem(500, 'Internal Server Error');
    } catch (error) {
      if (error instanceof TooManyRequestsError) return problem(503, 'Service Unavailable');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function problem(status: number, message: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}
