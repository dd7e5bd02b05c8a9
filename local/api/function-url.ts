// Function URLs: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { TooManyRequestsError } from '../lambda/too-many-requests-error.ts';
import type { Openness } from '../openness.ts';
import { readBody } from '../read-body.ts';
import { localMetadataKey, type Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import { corsHeaders, isPreflight } from './cors-headers.ts';
import { httpEvent } from './http-event.ts';
import { UrlAnswer } from './url-answer.ts';

/** Of the body, and of the event that escaping or base64 makes of it. */
const bodyLimitBytes = 6 * 1024 * 1024;

export interface FunctionUrlSettings {
  readonly account: string;
  readonly openness: Openness;
}

export class FunctionUrl {
  /** The address AWS would give. */
  readonly url: string;
  /** Where it answers here. */
  readonly #paths: readonly string[];
  readonly #functionArn: string;
  readonly #settings: FunctionUrlSettings;
  readonly #cors: Value;
  readonly #lambda: LambdaHost;

  constructor(resource: ResolvedResource, settings: FunctionUrlSettings, lambda: LambdaHost) {
    const { properties, attributes } = resource;
    if (properties.AuthType !== 'NONE' || properties.InvokeMode !== 'RESPONSE_STREAM') {
      throw new Error(`Function URL ${resource.id}: only AuthType NONE with response streaming is served`);
    }
    this.url = String(attributes.FunctionUrl);
    this.#paths = localPaths(resource);
    this.#cors = properties.Cors;
    this.#functionArn = lambda.definition(properties.TargetFunctionArn).arn;
    this.#settings = settings;
    this.#lambda = lambda;
  }

  /** Length of the longest of its paths that a request's path is, or lies under; 0: none. */
  specificity(path: string): number {
    const matching = this.#paths.filter((own) => path === own || (own.endsWith('/') && path.startsWith(own)));
    return Math.max(0, ...matching.map((own) => own.length));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cors = corsHeaders(request, this.#cors, this.#settings.openness);
    if (cors && isPreflight(request)) {
      response.writeHead(200, cors).end();
      return;
    }
    const answer = new UrlAnswer(response, cors);
    const body = await readBody(request, bodyLimitBytes);
    if (body === undefined) return answer.send(413, { message: 'Request Entity Too Large' });
    const event = JSON.stringify(
      httpEvent(request, body, {
        apiId: this.url.slice(8).split('.')[0] ?? '',
        account: this.#settings.account,
        routeKey: '$default',
        requestId: randomUUID(),
      }),
    );
    if (Buffer.byteLength(event) > bodyLimitBytes)
      return answer.send(413, { message: 'Request Entity Too Large' });
    try {
      const { functionError, payload } = await this.#lambda.invoke(this.#functionArn, event, answer);
      if (functionError) return answer.fail();
      // Of a handler that does not stream.
      if (payload !== '') void answer.chunk(Buffer.from(payload));
      answer.end();
    } catch (error) {
      if (!(error instanceof TooManyRequestsError)) throw error;
      answer.send(429, { Reason: error.reason, Type: 'User', message: error.message });
    }
  }
}

/** The URL whose path fits a request's best; undefined where none does. */
export function mostSpecific<T extends Pick<FunctionUrl, 'specificity'>>(
  urls: readonly T[],
  path: string,
): T | undefined {
  const fitting = urls.filter((url) => url.specificity(path) > 0);
  return fitting.toSorted((one, other) => other.specificity(path) - one.specificity(path))[0];
}

/** Paths that the resource's metadata names on the service's port, or one of its own. `/` at the end holds all below. */
export function localPaths({ id, metadata }: ResolvedResource): readonly string[] {
  return metadata[localMetadataKey]?.paths ?? [`/_functions/${id}/`];
}

/** What stands for the root of the URL on the service's port: below it each path is as at AWS's address. */
export function localBasePath({ id, metadata }: ResolvedResource): string {
  return metadata[localMetadataKey]?.paths ? '/' : `/_functions/${id}/`;
}
