// Function URLs: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { TooManyRequestsError } from '../lambda/too-many-requests-error.ts';
import { readBody } from '../read-body.ts';
import { localMetadataKey } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import { httpEvent } from './http-event.ts';

const bodyLimitBytes = 6 * 1024 * 1024;

export class FunctionUrl {
  /** The address AWS would give. */
  readonly url: string;
  /** Where it answers here: at the path that the template's metadata names, or at one of its own. */
  readonly path: string;
  readonly #functionArn: string;
  readonly #account: string;
  readonly #lambda: LambdaHost;

  constructor(resource: ResolvedResource, account: string, lambda: LambdaHost) {
    const { properties, attributes } = resource;
    if (properties.AuthType !== 'NONE' || properties.InvokeMode !== 'RESPONSE_STREAM') {
      throw new Error(`Function URL ${resource.id}: only AuthType NONE with response streaming is served`);
    }
    this.url = String(attributes.FunctionUrl);
    this.path = localPath(resource);
    this.#functionArn = lambda.definition(properties.TargetFunctionArn).arn;
    this.#account = account;
    this.#lambda = lambda;
  }

  matches(path: string): boolean {
    return path === this.path || (this.path.endsWith('/') && path.startsWith(this.path));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, bodyLimitBytes);
    if (body === undefined) return send(response, 413, { message: 'Request Entity Too Large' });
    const settings = {
      apiId: this.url.slice(8).split('.')[0] ?? '',
      account: this.#account,
      routeKey: '$default',
    };
    const event = httpEvent(request, body, { ...settings, requestId: randomUUID() });
    try {
      await this.#stream(JSON.stringify(event), response);
    } catch (error) {
      if (!(error instanceof TooManyRequestsError)) throw error;
      send(response, 429, { Reason: error.reason, Type: 'User', message: error.message });
    }
  }

  async #stream(event: string, response: ServerResponse): Promise<void> {
    const start = (status: number, headers: Record<string, string>, cookies?: string[]) => {
      if (response.headersSent) return;
      response.writeHead(status, { ...headers, ...(cookies && { 'set-cookie': cookies }) });
      response.flushHeaders();
    };
    const result = await this.#lambda.invoke(this.#functionArn, event, {
      prelude(json) {
        const { statusCode = 200, headers = {}, cookies } = JSON.parse(json);
        start(statusCode, headers, cookies);
      },
      chunk(bytes) {
        start(200, { 'content-type': 'application/octet-stream' });
        response.write(bytes);
      },
    });
    if (!result.functionError) {
      start(200, { 'content-type': 'application/octet-stream' });
      response.end();
    } else if (response.headersSent) response.destroy();
    else send(response, 502, { Message: 'Internal Server Error' });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The resource's metadata may name a path on the port of the HTTP API. */
export function localPath({ id, metadata }: ResolvedResource): string {
  return metadata[localMetadataKey]?.path ?? `/_functions/${id}/`;
}
